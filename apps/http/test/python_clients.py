"""Asks the server at argv[1] about the model argv[2] with the clients as they are published. Prints one JSON object."""

import json
import sys

import anthropic
import ollama
import openai

url, model = sys.argv[1:3]
prompt = "Once upon a time"
messages = [{"role": "user", "content": prompt}]
seen = {}

client = ollama.Client(host=url)
seen["tags"] = [entry.model for entry in client.list().models]
seen["show"] = client.show(model).details.quantization_level
options = {"temperature": 0, "num_predict": 8}
seen["ollama_whole"] = client.chat(model=model, messages=messages, options=options).message.content
seen["ollama_stream"] = "".join(
    part.message.content for part in client.chat(model=model, messages=messages, options=options, stream=True)
)
try:
    client.chat(model="nothing:1b", messages=messages)
except ollama.ResponseError as error:
    seen["ollama_refusal"] = error.status_code

client = openai.OpenAI(base_url=url + "/v1", api_key="none", max_retries=0)
# Ollama reads the older name of the limit only.
asked = {"model": model, "messages": messages, "temperature": 0, "max_completion_tokens": 8, "max_tokens": 8}
whole = client.chat.completions.create(**asked)
seen["openai_whole"] = whole.choices[0].message.content
seen["openai_tokens"] = whole.usage.completion_tokens
seen["openai_stream"] = "".join(
    chunk.choices[0].delta.content or "" for chunk in client.chat.completions.create(**asked, stream=True) if chunk.choices
)
seen["responses"] = client.responses.create(model=model, input=prompt, temperature=0, max_output_tokens=8).output_text
try:
    client.chat.completions.create(**{**asked, "model": "nothing:1b"})
except openai.APIStatusError as error:
    seen["openai_refusal"] = error.code

client = anthropic.Anthropic(base_url=url, api_key="none", max_retries=0)
asked = {"model": model, "messages": messages, "max_tokens": 8, "extra_body": {"temperature": 0}}
seen["anthropic_whole"] = client.messages.create(**asked).content[0].text
with client.messages.stream(**asked) as stream:
    seen["anthropic_stream"] = "".join(stream.text_stream)
seen["counted"] = client.messages.count_tokens(model=model, messages=messages).input_tokens

print(json.dumps(seen))
