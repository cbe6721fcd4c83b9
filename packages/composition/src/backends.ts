// Every backend that there is, by its id: a line here and a dependency in package.json add one.
export { backend as embedded } from '@plimsoll/adapter-llamacpp/backend';
export { backend as 'llama-server' } from '@plimsoll/adapter-llama-server/backend';
export { backend as ollama } from '@plimsoll/adapter-ollama/backend';
export { backend as openai } from '@plimsoll/adapter-openai/backend';
