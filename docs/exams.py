#!/usr/bin/env python3
"""Sits three exams with transformers, as `heed exam` does with Heed, and prints what came out.

The first questions of TruthfulQA (its best answer among the incorrect ones), of a task of BIG-Bench
Hard and of GSM8K are put to a small Llama in running text:

    <s> Question: {question}\\nAnswer:          and then, with its own space,  {option}

A choice is scored by the summed log-probability of each option's tokens, as it is, per byte of the
option, and less what the option has after `Answer:` alone. A GSM8K question is answered greedily, 64
tokens at most; what stands before a blank line or another `Question:` is the answer, and its number
is the one after `####` or the last one. Everything is float32, one row at a time, without a cache for
the scores. Nothing of Heed is used.

    pip install torch transformers
    python exams.py --model stories260K --truthfulqa TruthfulQA.csv --task date_understanding.json.gz \\
        --gsm8k test.jsonl.gz --items 200 --json stories260k.json

The numbers that `ExamAgreementTest` holds Heed to were written by this script with torch 2.13 and
transformers 5.18: accuracies, and each option's log-probabilities in the order of the options' texts.
"""

import argparse
import copy
import csv
import gzip
import json
import re

import torch
from tokenizers import Tokenizer
from transformers import AutoModelForCausalLM

ANSWERS = "\nAnswer:"
NUMBER = re.compile(r"-?\d+(?:,\d{3})+(?:\.\d+)?|-?\d+(?:\.\d+)?", re.ASCII)


def opened(path):
    return gzip.open(path, "rt", encoding="utf-8") if path.endswith(".gz") else open(path, encoding="utf-8", newline="")


class Texts:
    """Ids of texts; a continuation has no space put before it."""

    def __init__(self, folder):
        self.whole = Tokenizer.from_file(f"{folder}/tokenizer.json")
        parts = json.loads(self.whole.to_str())
        continuing = copy.deepcopy(parts)
        continuing["normalizer"]["normalizers"] = [
            n for n in parts["normalizer"]["normalizers"] if n["type"] != "Prepend"
        ]
        continuing["decoder"]["decoders"] = [d for d in parts["decoder"]["decoders"] if d["type"] != "Strip"]
        self.rest = Tokenizer.from_str(json.dumps(continuing))

    def begin(self, text):
        return [1] + self.whole.encode(text, add_special_tokens=False).ids

    def go_on(self, text):
        return self.rest.encode(text, add_special_tokens=False).ids


class Scorer:
    def __init__(self, folder):
        self.model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32, attn_implementation="eager").eval()
        self.texts = Texts(folder)
        self.context = self.model.config.max_position_embeddings

    @torch.no_grad()
    def score(self, before, answer):
        ids = torch.tensor([before + answer])
        logs = torch.log_softmax(self.model(ids).logits[0].float(), -1)
        places = range(len(before) - 1, ids.shape[1] - 1)
        return sum(logs[p, ids[0, p + 1]].item() for p in places)

    @torch.no_grad()
    def write(self, before, most):
        ids = torch.tensor([before])
        new = []
        past = None
        step = ids
        while len(new) < most and len(before) + len(new) < self.context:
            out = self.model(step, past_key_values=past, use_cache=True)
            past = out.past_key_values
            token = int(out.logits[0, -1].argmax())
            new.append(token)
            if token == 1:  # a story ends with the token that begins one
                break
            step = torch.tensor([[token]])
        return new

    def question(self, text):
        return self.texts.begin(f"Question: {text}{ANSWERS}")

    def choice(self, question, options):
        before = self.question(question)
        alone = self.texts.begin(ANSWERS.strip())
        asked, unasked = [], []
        for option in options:
            answer = self.texts.go_on(" " + option)
            asked.append(self.score(before, answer))
            unasked.append(self.score(alone, answer))
        return asked, unasked

    def fits(self, question, answers):
        before = len(self.question(question))
        return before < self.context and all(before + len(self.texts.go_on(" " + a)) <= self.context for a in answers)


def best(scores):
    return max(range(len(scores)), key=lambda i: (scores[i], -i))


def choices(scorer, questions):
    """Options in the order of their texts."""
    right = {"plain": 0, "per_byte": 0, "lift": 0}
    numbers = []
    for question, options, answer in questions:
        options = sorted(options)
        asked, unasked = scorer.choice(question, options)
        ways = {
            "plain": asked,
            "per_byte": [a / len(o.encode()) for a, o in zip(asked, options)],
            "lift": [a - u for a, u in zip(asked, unasked)],
        }
        for way, scores in ways.items():
            right[way] += options[best(scores)] == answer
        numbers.append([[round(a, 5) for a in asked], [round(u, 5) for u in unasked]])
    return {"right": right, "scores": numbers}


def truthfulqa(scorer, path, items):
    with opened(path) as file:
        rows = list(csv.DictReader(file))
    questions = []
    for row in rows:
        wrong = list(dict.fromkeys(w.strip() for w in row["Incorrect Answers"].split(";") if w.strip()))
        best_answer = row["Best Answer"].strip()
        if best_answer and best_answer not in wrong:
            questions.append((row["Question"].strip(), [best_answer] + wrong, best_answer))
    return choices(scorer, [q for q in questions if scorer.fits(q[0], q[1])][:items])


def task(scorer, path, items):
    with opened(path) as file:
        examples = json.load(file)["examples"]
    questions = []
    for example in examples:
        labels = re.findall(r"(?m)^(\([A-Z]\))", example["input"].split("Options:\n")[-1])
        questions.append((example["input"], labels, example["target"]))
    return choices(scorer, [q for q in questions if scorer.fits(q[0], q[1])][:items])


def number(text):
    mark = text.rfind("####")
    found = NUMBER.findall(text if mark < 0 else text[mark:])
    return None if not found else float((found[-1] if mark < 0 else found[0]).replace(",", ""))


def gsm8k(scorer, path, items, most):
    with opened(path) as file:
        rows = [json.loads(line) for line in file]
    right, keys, numbers = 0, [], []
    for row in [r for r in rows if scorer.fits(r["question"], [])][:items]:
        key = row["answer"].split("####")[-1].strip().replace(",", "")
        before = scorer.question(row["question"])
        answer = scorer.texts.go_on(" " + key)
        fits = len(before) + len(answer) <= scorer.context
        keys.append(round(scorer.score(before, answer), 5) if fits else None)
        text = scorer.texts.rest.decode(scorer.write(before, most), skip_special_tokens=True)
        ends = [i for i in (text.find("\n\n"), text.find("\nQuestion: ")) if i >= 0]
        said = number(text[: min(ends)] if ends else text)
        numbers.append(said)
        right += said is not None and said == float(key)
    return {"right": right, "keys": keys, "numbers": numbers}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("model", "truthfulqa", "task", "gsm8k"):
        parser.add_argument("--" + name, required=True)
    parser.add_argument("--items", type=int, default=200)
    parser.add_argument("--max-tokens", type=int, default=64)
    parser.add_argument("--json")
    options = parser.parse_args()
    scorer = Scorer(options.model)
    result = {
        "truthfulqa": truthfulqa(scorer, options.truthfulqa, options.items),
        "task": task(scorer, options.task, options.items),
        "gsm8k": gsm8k(scorer, options.gsm8k, options.items, options.max_tokens),
    }
    for exam, found in result.items():
        print(exam, found["right"], "right of", len(found.get("scores", found.get("numbers"))))
    if options.json:
        with open(options.json, "w") as file:
            json.dump(result, file, separators=(",", ":"))


if __name__ == "__main__":
    main()
