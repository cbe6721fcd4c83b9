"""Trains Bramble, a small mixture of experts, with Fable as its teacher. See README.md.

    pip install "jax[cpu]" numpy gguf
    python train.py ../../packages/sample-model/models/fable-5m-f16.gguf bramble-7m-f16.gguf
"""

import argparse
from functools import partial

import gguf
import jax
import jax.numpy as jnp
import numpy as np

WIDTH, HEADS, KV_HEADS, HEAD, CONTEXT, VOCABULARY = 256, 8, 4, 32, 256, 4096
FEED_FORWARD = 768
TEACHER_LAYERS = 6
# Which layer of the teacher each layer starts from; the first stays dense, the others get experts.
LAYERS_FROM = (0, 1, 2, 4, 5)
EXPERT, EXPERTS, USED, SCALE = 256, 4, 2, 4.0
EPSILON, ROPE_BASE, BOS = 1e-5, 10_000.0, 1
KEPT = 32  # best tokens of the teacher that are kept as labels; the rest is one bucket


def teacher_of(reader):
    tensors = {t.name: jnp.asarray(np.asarray(t.data, np.float32)) for t in reader.tensors}
    layers = [
        {key: tensors[f"blk.{i}.{key}.weight"] for key in
         ("attn_norm", "attn_q", "attn_k", "attn_v", "attn_output", "ffn_norm", "ffn_gate", "ffn_up", "ffn_down")}
        for i in range(TEACHER_LAYERS)
    ]
    return {"token_embd": tensors["token_embd.weight"], "output_norm": tensors["output_norm.weight"], "blk": layers}


def student_of(teacher, random):
    """Starts from the teacher: a third of the neurons becomes the shared expert, the rest two splits into experts."""
    layers = []
    for i, source in enumerate(LAYERS_FROM):
        layer = dict(teacher["blk"][source])
        if i > 0:
            gate, up, down = (np.asarray(layer.pop(f"ffn_{key}")) for key in ("gate", "up", "down"))
            order = random.permutation(FEED_FORWARD)
            shared, routed = order[:EXPERT], order[EXPERT:]
            splits = np.concatenate([random.permutation(routed) for _ in range(EXPERTS // 2)]).reshape(EXPERTS, EXPERT)
            layer |= {"ffn_gate_shexp": gate[shared], "ffn_up_shexp": up[shared], "ffn_down_shexp": down[:, shared]}
            layer |= {"ffn_gate_exps": gate[splits], "ffn_up_exps": up[splits]}
            layer |= {"ffn_down_exps": down[:, splits].transpose(1, 0, 2)}
            layer |= {"ffn_gate_inp": random.normal(0, 0.02, (EXPERTS, WIDTH)).astype(np.float32)}
        layers.append({key: jnp.asarray(value) for key, value in layer.items()})
    return {"token_embd": teacher["token_embd"], "output_norm": teacher["output_norm"], "blk": layers}


def norm(x, weight):
    return x * jax.lax.rsqrt(jnp.mean(x * x, -1, keepdims=True) + EPSILON) * weight


def rotate(x, positions):
    """Neighbouring pairs are rotated, as llama.cpp does for these architectures."""
    angles = positions[:, None] * ROPE_BASE ** (-jnp.arange(0, HEAD, 2) / HEAD)
    sine, cosine = jnp.sin(angles)[:, None], jnp.cos(angles)[:, None]
    even, odd = x[..., 0::2], x[..., 1::2]
    return jnp.stack([even * cosine - odd * sine, even * sine + odd * cosine], -1).reshape(x.shape)


def attend(layer, x, positions, cache=None, at=None):
    batch, length, _ = x.shape
    q = rotate((x @ layer["attn_q"].T).reshape(batch, length, HEADS, HEAD), positions)
    k = rotate((x @ layer["attn_k"].T).reshape(batch, length, KV_HEADS, HEAD), positions)
    v = (x @ layer["attn_v"].T).reshape(batch, length, KV_HEADS, HEAD)
    if cache is not None:
        k = jax.lax.dynamic_update_slice(cache[0], k, (0, at, 0, 0))
        v = jax.lax.dynamic_update_slice(cache[1], v, (0, at, 0, 0))
        cache = (k, v)
    q = q.reshape(batch, length, KV_HEADS, HEADS // KV_HEADS, HEAD)
    scores = jnp.einsum("blgrd,bmgd->bgrlm", q, k) / np.sqrt(HEAD)
    scores = jnp.where(jnp.arange(k.shape[1])[None, :] <= positions[:, None], scores, -1e30)
    out = jnp.einsum("bgrlm,bmgd->blgrd", jax.nn.softmax(scores), v).reshape(batch, length, WIDTH)
    return out @ layer["attn_output"].T, cache


def feed_forward(layer, x):
    """The output, and how unevenly experts are used (1 when evenly)."""
    if "ffn_gate" in layer:
        return (jax.nn.silu(x @ layer["ffn_gate"].T) * (x @ layer["ffn_up"].T)) @ layer["ffn_down"].T, 1.0
    shared = jax.nn.silu(x @ layer["ffn_gate_shexp"].T) * (x @ layer["ffn_up_shexp"].T)
    chances = jax.nn.softmax(x @ layer["ffn_gate_inp"].T)
    weights = jnp.where(chances >= jax.lax.top_k(chances, USED)[0][..., -1:], chances, 0)
    hidden = jax.nn.silu(jnp.einsum("bld,efd->blef", x, layer["ffn_gate_exps"]))
    hidden = hidden * jnp.einsum("bld,efd->blef", x, layer["ffn_up_exps"]) * (SCALE * weights)[..., None]
    routed = jnp.einsum("blef,edf->bld", hidden, layer["ffn_down_exps"])
    balance = EXPERTS * jnp.sum(jnp.mean(weights > 0, (0, 1)) / USED * jnp.mean(chances, (0, 1)))
    return shared @ layer["ffn_down_shexp"].T + routed, balance


def forward(model, tokens):
    x, positions, uneven = model["token_embd"][tokens], jnp.arange(tokens.shape[1]), 0.0
    for layer in model["blk"]:
        x = x + attend(layer, norm(x, layer["attn_norm"]), positions)[0]
        out, balance = feed_forward(layer, norm(x, layer["ffn_norm"]))
        x, uneven = x + out, uneven + balance
    return norm(x, model["output_norm"]) @ model["token_embd"].T, uneven / len(model["blk"])


@partial(jax.jit, static_argnames="count")
def write(teacher, key, count, temperature):
    """Texts that the teacher writes, and its best next tokens at each place with their probabilities."""
    empty = jnp.zeros((count, CONTEXT, KV_HEADS, HEAD))

    def step(state, at):
        token, caches, key = state
        x, kept = teacher["token_embd"][token][:, None], []
        for layer, cache in zip(teacher["blk"], caches):
            out, cache = attend(layer, norm(x, layer["attn_norm"]), at[None], cache, at)
            x, kept = x + out, [*kept, cache]
            x = x + feed_forward(layer, norm(x, layer["ffn_norm"]))[0]
        logits = (norm(x, teacher["output_norm"]) @ teacher["token_embd"].T)[:, 0]
        key, now = jax.random.split(key)
        chances, best = jax.lax.top_k(jax.nn.softmax(logits), KEPT)
        chosen = jax.random.categorical(now, jnp.log(chances) / temperature)
        following = jnp.take_along_axis(best, chosen[:, None], 1)[:, 0]
        return (following, kept, key), (token, best.astype(jnp.int16), chances.astype(jnp.float16))

    start = (jnp.full(count, BOS), [(empty, empty)] * TEACHER_LAYERS, key)
    tokens, best, chances = jax.lax.scan(step, start, jnp.arange(CONTEXT))[1]
    return tokens.T, best.transpose(1, 0, 2), chances.transpose(1, 0, 2)


def divergence(student, tokens, best, chances):
    """KL divergence of the student from the teacher over its best tokens and all others as one."""
    logits, uneven = forward(student, tokens)
    logs = jax.nn.log_softmax(logits)
    q = jnp.take_along_axis(logs, best.astype(jnp.int32), -1)
    p = chances.astype(jnp.float32)
    rest = jnp.clip(1 - p.sum(-1), 1e-6)
    others = jnp.log(jnp.clip(1 - jnp.exp(q).sum(-1), 1e-6))
    kl = (p * (jnp.log(jnp.clip(p, 1e-6)) - q)).sum(-1) + rest * (jnp.log(rest) - others)
    return kl.mean() + 0.01 * uneven, (kl.mean(), uneven)


@partial(jax.jit, donate_argnums=(0, 1))
def update(student, moments, data, rate, step):
    gradient, (kl, uneven) = jax.grad(divergence, has_aux=True)(student, *data)
    size = jnp.sqrt(sum(jnp.sum(g * g) for g in jax.tree.leaves(gradient)))
    gradient = jax.tree.map(lambda g: g * jnp.minimum(1, 1 / size), gradient)
    first = jax.tree.map(lambda m, g: 0.9 * m + 0.1 * g, moments[0], gradient)
    second = jax.tree.map(lambda m, g: 0.98 * m + 0.02 * g * g, moments[1], gradient)

    def moved(w, m, v):
        decay = 0.02 * w if w.ndim > 1 else 0
        return w - rate * (m / (1 - 0.9**step) / (jnp.sqrt(v / (1 - 0.98**step)) + 1e-8) + decay)

    return jax.tree.map(moved, student, first, second), (first, second), kl, uneven


def save(student, reader, file, note):
    writer = gguf.GGUFWriter(file, "deepseek")
    writer.add_name("Bramble 7M")
    writer.add_type("model")
    writer.add_license("mit")
    writer.add_description(note)
    writer.add_block_count(len(LAYERS_FROM))
    writer.add_context_length(CONTEXT)
    writer.add_embedding_length(WIDTH)
    writer.add_feed_forward_length(FEED_FORWARD)
    writer.add_head_count(HEADS)
    writer.add_head_count_kv(KV_HEADS)
    writer.add_rope_dimension_count(HEAD)
    writer.add_rope_freq_base(ROPE_BASE)
    writer.add_layer_norm_rms_eps(EPSILON)
    writer.add_vocab_size(VOCABULARY)
    writer.add_leading_dense_block_count(1)
    writer.add_expert_feed_forward_length(EXPERT)
    writer.add_expert_count(EXPERTS)
    writer.add_expert_used_count(USED)
    writer.add_expert_shared_count(1)
    writer.add_expert_weights_scale(SCALE)
    writer.add_file_type(gguf.LlamaFileType.MOSTLY_F16)
    for name, field in reader.fields.items():
        if name.startswith("tokenizer."):
            kind = field.types[0]
            writer.add_key_value(name, field.contents(), kind, field.types[-1] if len(field.types) > 1 else None)
    named = {"token_embd": student["token_embd"], "output_norm": student["output_norm"]}
    named |= {f"blk.{i}.{key}": value for i, layer in enumerate(student["blk"]) for key, value in layer.items()}
    for name, value in named.items():
        single = value.ndim == 1 or name.endswith("ffn_gate_inp")
        writer.add_tensor(f"{name}.weight", np.asarray(value, np.float32 if single else np.float16))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def main():
    flags = argparse.ArgumentParser()
    flags.add_argument("teacher")
    flags.add_argument("out")
    flags.add_argument("--steps", type=int, default=240)
    flags.add_argument("--texts", type=int, default=512, help="of 256 tokens each, that the teacher writes")
    flags.add_argument("--batch", type=int, default=8)
    flags.add_argument("--rate", type=float, default=8e-4)
    flags.add_argument("--seed", type=int, default=13)
    options = flags.parse_args()
    reader = gguf.GGUFReader(options.teacher)
    teacher, random = teacher_of(reader), np.random.default_rng(options.seed)
    parts = []
    for i in range(options.texts // 128):
        part = write(teacher, jax.random.key(options.seed + i), 128, 0.9)
        parts.append(tuple(np.asarray(one) for one in part))
        print(f"{128 * (i + 1)} texts", flush=True)
    texts = [np.concatenate(all_) for all_ in zip(*parts)]
    held, texts = [one[:32] for one in texts], [one[32:] for one in texts]
    student = student_of(teacher, random)
    count = sum(leaf.size for leaf in jax.tree.leaves(student))
    print(f"{count} parameters", flush=True)
    moments = (jax.tree.map(jnp.zeros_like, student),) * 2
    moments = jax.tree.map(jnp.copy, moments)
    order = np.array([], int)
    note = (f"A mixture-of-experts language model of fairy-tale English with {count} parameters, taught by Fable 5M "
            "as a second real input for tests and benchmarks.")
    for step in range(1, options.steps + 1):
        if len(order) < options.batch:
            order = random.permutation(len(texts[0]))
        chosen, order = order[: options.batch], order[options.batch :]
        rate = options.rate * min(1, step / 20) * (0.5 + 0.5 * np.cos(np.pi * step / options.steps))
        student, moments, kl, uneven = update(student, moments, tuple(one[chosen] for one in texts), rate, step)
        if step % 20 == 0:
            print(f"step {step}: kl {kl:.4f} uneven {uneven:.3f}", flush=True)
        if step % 60 == 0:
            save(student, reader, options.out, note)
    print("held back", jax.jit(divergence)(student, *held)[1], flush=True)
    save(student, reader, options.out, note)


main()
