#!/usr/bin/env python3
"""What other ways of generating a token cost on this GPU, for the table beside ours.

Three peers of about 1.3 billion parameters with random weights, in bfloat16, every step captured in a CUDA graph:

* mamba2: the same 48-layer Mamba-2 step in plain PyTorch operations, and prompts of several lengths by the chunked scan;
* transformer with a KV cache, attention by scaled_dot_product_attention over a cache of the given context;
* transformer without a cache, which recomputes the whole sequence for each token (no CUDA graph: one launch is long).

Usage: peers.py [--out FILE] [--quick]. Prints one JSON object with milliseconds per step or prompt (median of the runs), tokens
per second and the most GPU memory that each peer held while it ran. Needs PyTorch with CUDA; nothing is downloaded. Takes two or
three minutes on an H100, of which 80 GB are enough.
"""
import argparse
import datetime
import json
import math
import platform
import statistics
import sys

import torch
import torch.nn.functional as F

D_MODEL, VOCAB = 2048, 50288


def weight(*shape):
    return (torch.randn(*shape, device="cuda", dtype=torch.float32) / math.sqrt(shape[-1])).bfloat16()


def rms(x, scale):
    return F.rms_norm(x, (x.shape[-1],), scale, 1e-5)


class Mamba2:
    """A Mamba-2 language model: 48 layers, 64 heads of 64, state 128. Steps, and prompts in chunks of up to 256 tokens."""

    LAYERS, HEADS, HEAD, STATE, TAPS, CHUNK = 48, 64, 64, 128, 4, 256

    def __init__(self, batch):
        inner = self.HEADS * self.HEAD
        conv = inner + 2 * self.STATE
        self.embedding = weight(VOCAB, D_MODEL)
        self.final_norm = torch.ones(D_MODEL, device="cuda")
        self.layers = []
        for _ in range(self.LAYERS):
            self.layers.append(dict(
                norm=torch.ones(D_MODEL, device="cuda"),
                in_proj=weight(inner + conv + self.HEADS, D_MODEL),
                conv_weight=weight(conv, self.TAPS), conv_bias=torch.zeros(conv, device="cuda", dtype=torch.bfloat16),
                dt_bias=torch.full((self.HEADS,), -5.0, device="cuda"),
                a=-torch.linspace(1, 16, self.HEADS, device="cuda"), d=torch.ones(self.HEADS, device="cuda"),
                gate_norm=torch.ones(inner, device="cuda"), out_proj=weight(D_MODEL, inner),
                conv=torch.zeros(batch, conv, self.TAPS, device="cuda", dtype=torch.bfloat16),
                ssm=torch.zeros(batch, self.HEADS, self.HEAD, self.STATE, device="cuda")))
        self.tokens = torch.zeros(batch, dtype=torch.long, device="cuda")

    def step(self):
        inner = self.HEADS * self.HEAD
        residual = self.embedding[self.tokens].float()
        for w in self.layers:
            zx = F.linear(rms(residual, w["norm"]).bfloat16(), w["in_proj"])
            z, xbc, dt = zx.split([inner, inner + 2 * self.STATE, self.HEADS], dim=-1)
            w["conv"].copy_(torch.cat([w["conv"][:, :, 1:], xbc.unsqueeze(-1)], dim=-1))
            xbc = F.silu((w["conv"] * w["conv_weight"]).sum(-1) + w["conv_bias"]).float()
            x, b, c = xbc.split([inner, self.STATE, self.STATE], dim=-1)
            x = x.view(-1, self.HEADS, self.HEAD)
            dt = F.softplus(dt.float() + w["dt_bias"])
            decay = torch.exp(dt * w["a"])
            w["ssm"].mul_(decay[:, :, None, None]).add_((dt[:, :, None] * x)[:, :, :, None] * b[:, None, None, :])
            y = torch.matmul(w["ssm"], c[:, None, :, None]).squeeze(-1) + w["d"][:, None] * x
            y = rms(y.reshape(-1, inner) * F.silu(z.float()), w["gate_norm"])
            residual = residual + F.linear(y.bfloat16(), w["out_proj"]).float()
        logits = F.linear(rms(residual, self.final_norm).bfloat16(), self.embedding)
        self.tokens.copy_(logits.argmax(-1))

    def prefill(self, prompt):
        """Reads prompts [batch, length] from nothing; leaves each sequence's state and next token. The length is at most a
        chunk, or a multiple of it."""
        inner = self.HEADS * self.HEAD
        residual = self.embedding[prompt].float()
        for w in self.layers:
            zx = F.linear(rms(residual, w["norm"]).bfloat16(), w["in_proj"])
            z, xbc, dt = zx.split([inner, inner + 2 * self.STATE, self.HEADS], dim=-1)
            columns = F.pad(xbc.transpose(1, 2), (self.TAPS - 1, 0))
            w["conv"].copy_(columns[:, :, -self.TAPS:])
            xbc = F.silu(F.conv1d(columns, w["conv_weight"][:, None], w["conv_bias"], groups=columns.shape[1]))
            x, b, c = xbc.transpose(1, 2).split([inner, self.STATE, self.STATE], dim=-1)
            x = x.unflatten(-1, (self.HEADS, self.HEAD))
            dt = F.softplus(dt.float() + w["dt_bias"])
            y = self.scan(w, x, b, c, dt) + w["d"][:, None] * x.float()
            y = rms(y.flatten(2) * F.silu(z.float()), w["gate_norm"])
            residual = residual + F.linear(y.bfloat16(), w["out_proj"]).float()
        logits = F.linear(rms(residual[:, -1], self.final_norm).bfloat16(), self.embedding)
        self.tokens.copy_(logits.argmax(-1))

    def scan(self, w, x, b, c, dt):
        """The recurrence over x [batch, length, heads, head] as matrix products in and between chunks."""
        size = min(x.shape[1], self.CHUNK)
        x, b, c, dt = (t.unflatten(1, (-1, size)) for t in (x, b, c, dt))
        decay = (dt * w["a"]).cumsum(2)  # [batch, chunks, size, heads], logarithm since the chunk's begin
        steps = (dt[..., None] * x).type_as(x)
        heads = decay.permute(0, 1, 3, 2)
        mask = torch.ones(size, size, dtype=torch.bool, device=x.device).tril()
        inside = (heads[..., :, None] - heads[..., None, :]).masked_fill(~mask, -math.inf).exp()
        weights = (torch.matmul(c, b.transpose(-1, -2))[:, :, None] * inside).type_as(x)
        y = torch.einsum("bzhij,bzjhp->bzihp", weights, steps).float()
        last = decay[:, :, -1]
        left = (torch.exp(last[:, :, None] - decay)[..., None] * steps).type_as(x)
        states = torch.einsum("bzjhp,bzjn->bzhpn", left, b).float()
        # the state behind each chunk: every earlier chunk's own, decayed by the chunks between
        total = last.cumsum(1).permute(0, 2, 1)  # [batch, heads, chunks]
        chunks = total.shape[-1]
        mask = torch.ones(chunks, chunks, dtype=torch.bool, device=x.device).tril()
        between = (total[..., :, None] - total[..., None, :]).masked_fill(~mask, -math.inf).exp()
        behind = torch.einsum("bhzc,bchpn->bzhpn", between, states)
        w["ssm"].copy_(behind[:, -1])
        before = F.pad(behind[:, :-1], (0, 0, 0, 0, 0, 0, 1, 0))
        y = y + decay.exp()[..., None] * torch.einsum("bzin,bzhpn->bzihp", c, before.type_as(c)).float()
        return y.flatten(1, 2)


class Transformer:
    """A 24-layer decoder, 16 heads of 128, feed-forward 8192: 1.31 billion parameters."""

    LAYERS, HEADS, HEAD, HIDDEN = 24, 16, 128, 8192

    def __init__(self, batch, context, cached):
        self.batch, self.context = batch, context
        self.embedding = weight(VOCAB, D_MODEL)
        self.final_norm = torch.ones(D_MODEL, device="cuda", dtype=torch.bfloat16)
        self.layers = []
        for _ in range(self.LAYERS):
            layer = dict(
                norm1=torch.ones(D_MODEL, device="cuda", dtype=torch.bfloat16),
                norm2=torch.ones(D_MODEL, device="cuda", dtype=torch.bfloat16),
                qkv=weight(3 * D_MODEL, D_MODEL), out=weight(D_MODEL, D_MODEL),
                up=weight(self.HIDDEN, D_MODEL), down=weight(D_MODEL, self.HIDDEN))
            if cached:
                shape = (batch, self.HEADS, context, self.HEAD)
                layer["k"] = torch.randn(shape, device="cuda", dtype=torch.bfloat16)
                layer["v"] = torch.randn(shape, device="cuda", dtype=torch.bfloat16)
            self.layers.append(layer)
        self.tokens = torch.zeros(batch, dtype=torch.long, device="cuda")
        self.sequence = torch.zeros(batch, context, dtype=torch.long, device="cuda")

    def heads(self, x):
        return x.view(self.batch, -1, self.HEADS, self.HEAD).transpose(1, 2)

    def layer(self, w, x, cached):
        q, k, v = F.linear(rms(x, w["norm1"]), w["qkv"]).chunk(3, dim=-1)
        q, k, v = self.heads(q), self.heads(k), self.heads(v)
        if cached:
            # the newest place of the cache; the step is measured at full context
            w["k"][:, :, -1:].copy_(k)
            w["v"][:, :, -1:].copy_(v)
            k, v = w["k"], w["v"]
        y = F.scaled_dot_product_attention(q, k, v, is_causal=not cached)
        x = x + F.linear(y.transpose(1, 2).reshape(self.batch, -1, D_MODEL), w["out"])
        return x + F.linear(F.gelu(F.linear(rms(x, w["norm2"]), w["up"])), w["down"])

    def step(self):
        x = self.embedding[self.tokens].unsqueeze(1)
        for w in self.layers:
            x = self.layer(w, x, cached=True)
        self.tokens.copy_(F.linear(rms(x, self.final_norm), self.embedding)[:, -1].argmax(-1))

    def recompute(self):
        x = self.embedding[self.sequence]
        for w in self.layers:
            x = self.layer(w, x, cached=False)
        self.tokens.copy_(F.linear(rms(x[:, -1], self.final_norm), self.embedding).argmax(-1))


def captured(step):
    stream = torch.cuda.Stream()
    stream.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(stream):
        for _ in range(3):
            step()
    torch.cuda.current_stream().wait_stream(stream)
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        step()
    return graph.replay


def milliseconds(step, steps, runs=5):
    """Median over the runs of the mean time of a step."""
    times = []
    for _ in range(runs + 1):
        begin, end = torch.cuda.Event(enable_timing=True), torch.cuda.Event(enable_timing=True)
        begin.record()
        for _ in range(steps):
            step()
        end.record()
        torch.cuda.synchronize()
        times.append(begin.elapsed_time(end) / steps)
    return statistics.median(times[1:])


def measure(name, build, step_of, steps, **facts):
    torch.cuda.empty_cache()
    try:
        with torch.no_grad():
            peer = build()
            torch.cuda.reset_peak_memory_stats()
            ms = milliseconds(step_of(peer), steps)
    except torch.cuda.OutOfMemoryError:
        print(f"{name} {facts}: out of memory", file=sys.stderr)
        return dict(peer=name, **facts, out_of_memory=True)
    result = dict(peer=name, **facts, ms_per_step=round(ms, 4),
                  tokens_per_s=round(facts["batch"] * facts.get("prompt", 1) * 1000 / ms, 1),
                  peak_gb=round(torch.cuda.max_memory_allocated() / 1e9, 2))
    print(result, file=sys.stderr)
    return result


def copy_bandwidth():
    """Bytes read and written per second by a device-to-device copy, the ceiling for decoding."""
    source = torch.empty(2 << 30, device="cuda", dtype=torch.uint8)
    target = torch.empty_like(source)
    return round(2 * source.numel() / milliseconds(lambda: target.copy_(source), 10) / 1e6, 1)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--out")
    parser.add_argument("--quick", action="store_true", help="fewer sizes")
    args = parser.parse_args()
    results = []
    for batch in (1, 8, 32, 64):
        results.append(measure("mamba2-pytorch-cuda-graph", lambda: Mamba2(batch), lambda p: captured(p.step), 50,
                               batch=batch))
    for length in (72, 768) if args.quick else (72, 768, 4096, 16384):
        prompt = torch.zeros(1, length, dtype=torch.long, device="cuda")
        results.append(measure("mamba2-pytorch-cuda-graph-prefill", lambda: Mamba2(1),
                               lambda p: captured(lambda: p.prefill(prompt)), 3, batch=1, prompt=length))
    contexts = (1024, 32768) if args.quick else (1024, 4096, 16384, 32768)
    for batch in (1, 8):
        for context in contexts:
            results.append(measure("transformer-kv-cache-cuda-graph", lambda: Transformer(batch, context, True),
                                   lambda p: captured(p.step), 20, batch=batch, context=context))
    for context in contexts:
        results.append(measure("transformer-no-cache", lambda: Transformer(1, context, False),
                               lambda p: p.recompute, 3, batch=1, context=context))
    report = dict(date=datetime.date.today().isoformat(), device=torch.cuda.get_device_name(), torch=torch.__version__,
                  cuda=torch.version.cuda, python=platform.python_version(), copy_gb_per_s=copy_bandwidth(), results=results)
    text = json.dumps(report, indent=1)
    print(text)
    if args.out:
        with open(args.out, "w") as f:
            f.write(text + "\n")


if __name__ == "__main__":
    main()
