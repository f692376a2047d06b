#!/usr/bin/env python3
"""Times the Python peers of Heed on the CPU: PyTorch, transformers and TRL.

Every work runs the same small Llama with random weights (6 layers, width 288, 6 heads, intermediate
width 768, vocabulary 4096, context 256, tied head: 7.2 million parameters) on random tokens, so
nothing is downloaded and nothing depends on the text.

    matmul       one 2048 x 2048 x 2048 matrix product
    train        a plain PyTorch loop: 16 x 256 tokens, cross-entropy, clipping to norm 1, AdamW
    generate_1   `model.generate`: 1 prompt of 32 tokens, 96 new ones, sampled at temperature 1
    generate_16  the same with 16 prompts
    generate_64  the same with 64 prompts
    reward       TRL's RewardTrainer, 16 pairs of 128 tokens a step
    dpo          TRL's DPOTrainer, 16 pairs of 32 + 96 tokens a step, with the reference's forward pass
    grpo         TRL's GRPOTrainer, 8 prompts x 8 completions of 32 + 96 tokens, one update a step;
                 a sample is a completion, and a step holds its generation and its update
    ppo          TRL's PPOTrainer, which TRL no longer has (removed before 1.13): left out, with a note

Each work is timed in several settings, and the fastest is the one to compare with:

    float32      float32 throughout
    bf16         weights in float32, bfloat16 autocast; for `generate` and `matmul`, all in bfloat16
    bf16-pure    training only: the weights, and so the optimizer's state, in bfloat16 too, which is
                 not the same training: small updates are lost to rounding
    ...-static   generation with a static cache in place of the dynamic one, without compilation
    ...-unfused  training with PyTorch's unfused AdamW in place of the fused one

Settings chosen because they are the faster ones: scaled-dot-product attention, no gradient
checkpointing (TRL turns it on unless told), top-k and top-p off, the fused AdamW, no
logging, no evaluation, no saving, one process for the data. The ends of sequences are off: every
completion has its 96 tokens. Nothing is compiled with `torch.compile`.

The C library is told to keep freed memory (see --default-malloc). Time on an idle machine: a thread
that waits for a core holds up the others, so busy neighbours can cost most of the rate.

    pip install torch transformers trl datasets accelerate
    python peers.py
    python peers.py --works train,generate_16 --precisions bf16 --seconds 5 --json result.json

Written for torch 2.13, transformers 5.18 and TRL 1.13.
"""

import argparse
import ctypes
import gc
import json
import logging
import os
import statistics
import tempfile
import time
import warnings

for _name, _value in {
    "HF_HUB_OFFLINE": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "HF_HUB_DISABLE_PROGRESS_BARS": "1",
    "HF_DATASETS_OFFLINE": "1",
    "TRANSFORMERS_VERBOSITY": "error",
    "TOKENIZERS_PARALLELISM": "false",
    "TRL_EXPERIMENTAL_SILENCE": "1",
    "CUDA_VISIBLE_DEVICES": "",
}.items():
    os.environ.setdefault(_name, _value)

LAYERS, WIDTH, HEADS, INNER, VOCABULARY, CONTEXT = 6, 288, 6, 768, 4096, 256
PROMPT, NEW = 32, 96
LENGTH = PROMPT + NEW
TRAIN_BATCH = 16
PAIRS = 16
PROMPTS, COMPLETIONS = 8, 8
MATMUL = 2048
PAD, END, FIRST = 0, 1, 2  # token ids: padding, end of text, the first ordinary token

WORKS = ("matmul", "train", "generate_1", "generate_16", "generate_64", "reward", "dpo", "grpo", "ppo")
PRECISIONS = ("float32", "bf16", "bf16-pure")


# ---------------------------------------------------------------------------------------------- timing


class Clock:
    """Collects step times until enough of them are in: the warm-up's are dropped, then those of at
    least `seconds` seconds and at least `steps` steps are kept."""

    def __init__(self, options, extra_warmup=0):
        self.seconds, self.steps = options.seconds, options.steps
        self.warmup = options.warmup + extra_warmup
        self.times = []

    def add(self, elapsed):
        if self.warmup > 0:
            self.warmup -= 1
        else:
            self.times.append(elapsed)

    def done(self):
        return len(self.times) >= max(1, self.steps) and sum(self.times) >= self.seconds

    def median(self):
        return statistics.median(self.times)


def time_steps(step, options, extra_warmup=0):
    """The median time of `step()`."""
    clock = Clock(options, extra_warmup)
    while not clock.done():
        start = time.perf_counter()
        step()
        clock.add(time.perf_counter() - start)
    return clock.median()


# ------------------------------------------------------------------------------------- model and tokens


def llama_config(**extra):
    from transformers import LlamaConfig

    config = LlamaConfig(
        vocab_size=VOCABULARY,
        hidden_size=WIDTH,
        intermediate_size=INNER,
        num_hidden_layers=LAYERS,
        num_attention_heads=HEADS,
        num_key_value_heads=HEADS,
        max_position_embeddings=CONTEXT,
        tie_word_embeddings=True,
        pad_token_id=PAD,
        bos_token_id=None,
        eos_token_id=None,
        **extra,
    )
    config._attn_implementation = "sdpa"
    return config


def causal_model(dtype=None):
    import torch
    from transformers import LlamaForCausalLM

    torch.manual_seed(1)
    return LlamaForCausalLM(llama_config()).to(dtype or torch.float32)


def reward_model(dtype=None):
    import torch
    from transformers import LlamaForSequenceClassification

    torch.manual_seed(2)
    return LlamaForSequenceClassification(llama_config(num_labels=1)).to(dtype or torch.float32)


def tokenizer(end_in_vocabulary=True):
    """A word-level tokenizer whose words are named by their ids: t2 ... t4095. With `end_in_vocabulary`
    false the end of text is one id past the model's vocabulary, so that a model never samples it."""
    from tokenizers import Tokenizer, models, pre_tokenizers
    from transformers import PreTrainedTokenizerFast

    words = {f"t{i}": i for i in range(VOCABULARY) if i != PAD}
    words["<pad>"] = PAD
    if end_in_vocabulary:
        del words[f"t{END}"]
    words["<end>"] = END if end_in_vocabulary else VOCABULARY
    inner = Tokenizer(models.WordLevel(words, unk_token="<pad>"))
    inner.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    return PreTrainedTokenizerFast(
        tokenizer_object=inner,
        pad_token="<pad>",
        eos_token="<end>",
        padding_side="left",
        clean_up_tokenization_spaces=False,
    )


def random_ids(rows, length, seed):
    import torch

    generator = torch.Generator().manual_seed(seed)
    return torch.randint(FIRST, VOCABULARY, (rows, length), generator=generator)


def as_text(rows):
    return [" ".join(f"t{i}" for i in row) for row in rows.tolist()]


# ------------------------------------------------------------------------------ matmul, train, generate


def run_matmul(precision, options):
    import torch

    if precision == "bf16-pure":
        return
    dtype = torch.float32 if precision == "float32" else torch.bfloat16
    a = torch.randn(MATMUL, MATMUL).to(dtype)
    b = torch.randn(MATMUL, MATMUL).to(dtype)
    seconds = time_steps(lambda: a @ b, options)
    yield precision, 2 * MATMUL**3 / 1e9, "GFLOP/s", seconds


def run_train(precision, options):
    import torch
    import torch.nn.functional as F

    batches = [random_ids(TRAIN_BATCH, CONTEXT + 1, seed) for seed in range(8)]
    for fused in (True, False):
        model = causal_model(torch.bfloat16 if precision == "bf16-pure" else None)
        model.train()
        parameters = list(model.parameters())
        optimizer = torch.optim.AdamW(parameters, lr=1e-4, fused=fused)
        count = 0

        def step():
            nonlocal count
            ids = batches[count % len(batches)]
            count += 1
            with torch.autocast("cpu", torch.bfloat16, enabled=precision == "bf16"):
                logits = model(input_ids=ids[:, :-1], use_cache=False).logits
                loss = F.cross_entropy(logits.view(-1, VOCABULARY), ids[:, 1:].reshape(-1))
            loss.backward()
            torch.nn.utils.clip_grad_norm_(parameters, 1.0)
            optimizer.step()
            optimizer.zero_grad(set_to_none=True)

        seconds = time_steps(step, options)
        label = precision + ("" if fused else "-unfused")
        yield label, TRAIN_BATCH * CONTEXT, "tokens/s", seconds


def generation_config(**extra):
    from transformers import GenerationConfig

    return GenerationConfig(
        max_new_tokens=NEW,
        do_sample=True,
        temperature=1.0,
        top_k=0,
        top_p=1.0,
        pad_token_id=PAD,
        eos_token_id=None,
        disable_compile=True,
        **extra,
    )


def run_generate(rows):
    def run(precision, options):
        import torch

        if precision == "bf16-pure":
            return
        model = causal_model(torch.float32 if precision == "float32" else torch.bfloat16).eval()
        ids = random_ids(rows, PROMPT, 3)
        mask = torch.ones_like(ids)
        for cache in (None, "static"):
            config = generation_config(cache_implementation=cache) if cache else generation_config()

            def step():
                out = model.generate(input_ids=ids, attention_mask=mask, generation_config=config)
                assert out.shape == (rows, LENGTH), out.shape

            seconds = time_steps(step, options, extra_warmup=1 if rows == 1 else 0)
            yield precision + (f"-{cache}" if cache else ""), rows * NEW, "tokens/s", seconds

    return run


# ----------------------------------------------------------------------------------------- TRL's trainers


def trainer_arguments(precision, directory):
    """The settings that every TRL trainer shares."""
    return {
        "output_dir": directory,
        "use_cpu": True,
        "bf16": precision != "float32",
        "gradient_checkpointing": False,
        "optim": "adamw_torch_fused",
        "max_grad_norm": 1.0,
        "max_steps": 1_000_000,
        "eval_strategy": "no",
        "save_strategy": "no",
        "logging_strategy": "no",
        "report_to": "none",
        "disable_tqdm": True,
        "dataloader_num_workers": 0,
        "dataloader_pin_memory": False,
    }


def weights_dtype(precision):
    import torch

    return torch.bfloat16 if precision == "bf16-pure" else torch.float32


def time_trainer(trainer, precision, options):
    """Runs a trainer until its clock has enough steps; the median time of a step. A step's time is the
    time from one step's end to the next one's, so it holds the data, the generation and the update."""
    from transformers import PrinterCallback, TrainerCallback

    clock = Clock(options)

    class Stop(TrainerCallback):
        def on_train_begin(self, args, state, control, **kwargs):
            self.last = time.perf_counter()

        def on_step_end(self, args, state, control, **kwargs):
            now = time.perf_counter()
            clock.add(now - self.last)
            self.last = now
            control.should_training_stop = clock.done()
            return control

    wanted = "no" if precision == "float32" else "bf16"
    assert trainer.accelerator.mixed_precision == wanted, trainer.accelerator.mixed_precision
    assert not trainer.model.is_gradient_checkpointing
    trainer.remove_callback(PrinterCallback)
    trainer.add_callback(Stop())
    trainer.train()
    return clock.median()


def run_reward(precision, options):
    from datasets import Dataset
    from trl import RewardConfig, RewardTrainer

    rows = PAIRS * 32
    data = Dataset.from_dict(
        {
            "chosen_ids": random_ids(rows, LENGTH, 4).tolist(),
            "rejected_ids": random_ids(rows, LENGTH, 5).tolist(),
        }
    )
    with tempfile.TemporaryDirectory() as directory:
        trainer = RewardTrainer(
            model=reward_model(weights_dtype(precision)),
            args=RewardConfig(
                **trainer_arguments(precision, directory),
                per_device_train_batch_size=PAIRS,
                max_length=CONTEXT,
            ),
            train_dataset=data,
            processing_class=tokenizer(),
        )
        seconds = time_trainer(trainer, precision, options)
    yield precision, PAIRS, "pairs/s", seconds


def run_dpo(precision, options):
    from datasets import Dataset
    from trl import DPOConfig, DPOTrainer

    rows = PAIRS * 32
    # The trainer ends each completion with the end of text, so one token less is given to it; it joins
    # prompt and completion without a space, so the completion brings its own.
    chosen, rejected = random_ids(rows, NEW - 1, 7), random_ids(rows, NEW - 1, 8)
    data = Dataset.from_dict(
        {
            "prompt": as_text(random_ids(rows, PROMPT, 6)),
            "chosen": [f" {text}" for text in as_text(chosen)],
            "rejected": [f" {text}" for text in as_text(rejected)],
        }
    )
    with tempfile.TemporaryDirectory() as directory:
        trainer = DPOTrainer(
            model=causal_model(weights_dtype(precision)),
            ref_model=causal_model(weights_dtype(precision)),
            args=DPOConfig(
                **trainer_arguments(precision, directory),
                per_device_train_batch_size=PAIRS,
                max_length=CONTEXT,
            ),
            train_dataset=data,
            processing_class=tokenizer(),
        )
        shape = next(iter(trainer.get_train_dataloader()))["input_ids"].shape
        assert tuple(shape) == (2 * PAIRS, LENGTH), shape
        seconds = time_trainer(trainer, precision, options)
    yield precision, PAIRS, "pairs/s", seconds


def even_tokens(completion_ids, **_):
    """A reward without a model: the share of a completion's tokens whose id is even."""
    assert all(len(ids) == NEW for ids in completion_ids)
    return [sum(i % 2 == 0 for i in ids) / len(ids) for ids in completion_ids]


def run_grpo(precision, options):
    from datasets import Dataset
    from trl import GRPOConfig, GRPOTrainer

    data = Dataset.from_dict({"prompt": as_text(random_ids(PROMPTS * 32, PROMPT, 9))})
    for cache in (None, "static"):
        if cache and precision == "bf16":
            continue  # a static cache is allocated in the weights' type, autocast writes another one
        with tempfile.TemporaryDirectory() as directory:
            trainer = GRPOTrainer(
                model=causal_model(weights_dtype(precision)),
                reward_funcs=even_tokens,
                args=GRPOConfig(
                    **trainer_arguments(precision, directory),
                    per_device_train_batch_size=PROMPTS * COMPLETIONS,
                    num_generations=COMPLETIONS,
                    max_completion_length=NEW,
                    temperature=1.0,
                    cache_implementation=cache,
                ),
                train_dataset=data,
                processing_class=tokenizer(end_in_vocabulary=False),
            )
            seconds = time_trainer(trainer, precision, options)
        yield precision + (f"-{cache}" if cache else ""), PROMPTS * COMPLETIONS, "samples/s", seconds


RUNS = {
    "matmul": run_matmul,
    "train": run_train,
    "generate_1": run_generate(1),
    "generate_16": run_generate(16),
    "generate_64": run_generate(64),
    "reward": run_reward,
    "dpo": run_dpo,
    "grpo": run_grpo,
}


# --------------------------------------------------------------------------------------------------- main


def keep_freed_memory():
    """Tells glibc to keep freed memory instead of giving it back to the system: by default each large
    tensor is mapped and zeroed anew, which costs the peers time. Does nothing elsewhere."""
    m_trim_threshold, m_top_pad, m_mmap_max = -1, -2, -4
    try:
        mallopt = ctypes.CDLL("libc.so.6").mallopt
    except (OSError, AttributeError):
        return
    mallopt(m_mmap_max, 0)
    mallopt(m_trim_threshold, 2**31 - 1)
    mallopt(m_top_pad, 64 * 2**20)


def without_ppo():
    """Why `ppo` is left out, or None if this TRL still has a PPOTrainer."""
    from importlib.util import find_spec

    import trl

    if find_spec("trl.experimental.ppo") is None and not hasattr(trl, "PPOTrainer"):
        return f"TRL {trl.__version__} has no PPOTrainer (neither trl nor trl.experimental.ppo)"
    return f"TRL {trl.__version__} has a PPOTrainer, but this script was written for one without it"


def measure(work, precision, options):
    """The results of one work in one precision, as dictionaries; a failure is a result with a note."""
    try:
        for label, amount, unit, seconds in RUNS[work](precision, options):
            yield {
                "name": work,
                "precision": label,
                "rate": round(amount / seconds, 2),
                "unit": unit,
                "seconds_per_step": round(seconds, 6),
            }
    except Exception as failure:  # one setting that a library lacks must not end the others
        if options.strict:
            raise
        yield skipped(work, precision, f"{type(failure).__name__}: {failure}".splitlines()[0])
    gc.collect()


def skipped(work, precision, note):
    return {
        "name": work,
        "precision": precision,
        "rate": None,
        "unit": None,
        "seconds_per_step": None,
        "note": note,
    }


def row(result, mark=""):
    if result["rate"] is None:
        return f"{result['name']:<12} {result['precision'] or '-':<18} left out: {result['note']}"
    return (
        f"{result['name']:<12} {result['precision']:<18} {result['rate']:>12,.1f} {result['unit']:<10} "
        f"{result['seconds_per_step']:>12.4f} {mark}"
    ).rstrip()


def choice_of(allowed):
    def parse(text):
        chosen = [part.strip() for part in text.split(",") if part.strip()]
        unknown = [part for part in chosen if part not in allowed]
        if unknown or not chosen:
            raise argparse.ArgumentTypeError(f"choose from {', '.join(allowed)}")
        return chosen

    return parse


def parse_options():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--works", type=choice_of(WORKS), default=list(WORKS), metavar="NAME,...", help="the works to time (all)"
    )
    parser.add_argument(
        "--precisions",
        type=choice_of(PRECISIONS),
        default=list(PRECISIONS),
        metavar="NAME,...",
        help=f"of {', '.join(PRECISIONS)} (all)",
    )
    parser.add_argument(
        "--seconds", type=float, default=20.0, help="time each setting for at least this long (20) after its warm-up"
    )
    parser.add_argument("--steps", type=int, default=3, help="and for at least so many steps (3)")
    parser.add_argument("--warmup", type=int, default=2, help="steps before the timed ones (2; generate_1: one more)")
    parser.add_argument("--threads", type=int, default=os.cpu_count(), help="PyTorch's threads (the number of cores)")
    parser.add_argument("--default-malloc", action="store_true", help="leave the C library's allocator as it is")
    parser.add_argument("--strict", action="store_true", help="end with the traceback when a setting fails")
    parser.add_argument(
        "--json",
        nargs="?",
        const="-",
        metavar="FILE",
        help="write the results as JSON to FILE; without FILE print JSON in place of the table. A work left out has "
        "a null rate and a note",
    )
    return parser.parse_args()


def main():
    options = parse_options()
    if not options.default_malloc:
        keep_freed_memory()
    os.environ["OMP_NUM_THREADS"] = str(options.threads)
    warnings.filterwarnings("ignore")
    logging.disable(logging.WARNING)

    import datasets
    import torch
    import transformers
    import trl

    datasets.disable_progress_bars()
    torch.set_num_threads(options.threads)

    table = options.json != "-"
    if table:
        size = sum(parameter.numel() for parameter in causal_model().parameters())
        print(
            f"torch {torch.__version__}, transformers {transformers.__version__}, trl {trl.__version__}; "
            f"{options.threads} threads; {size:,} parameters"
        )
        print(f"{'name':<12} {'precision':<18} {'rate':>12} {'unit':<10} {'seconds/step':>12}", flush=True)

    results = []
    for work in options.works:
        if work == "ppo":
            measured = [[skipped("ppo", None, without_ppo())]]
        else:
            measured = [measure(work, precision, options) for precision in options.precisions]
        for part in measured:
            for result in part:
                results.append(result)
                if table:
                    print(row(result), flush=True)

    if table and len(results) > 1:
        print("\nThe fastest setting of each:")
        for work in options.works:
            timed = [result for result in results if result["name"] == work and result["rate"]]
            if timed:
                print(row(max(timed, key=lambda result: result["rate"])))
    if options.json:
        text = json.dumps(results, indent=1)
        if options.json == "-":
            print(text)
        else:
            with open(options.json, "w", encoding="utf-8") as file:
                file.write(text + "\n")


if __name__ == "__main__":
    main()
