#!/usr/bin/env python3
"""Makes the folders beside this file: tiny random models, adapters of PEFT on them, and what the two say together.

    pip install torch transformers peft
    python make.py

Written with torch 2.13, transformers 5.18 and peft 0.21.
"""
import json
import pathlib

import torch
from peft import LoraConfig, get_peft_model
from safetensors.torch import save_file
from transformers import (GPT2Config, GPT2LMHeadModel, GPTNeoXConfig, GPTNeoXForCausalLM, LlamaConfig,
                          LlamaForCausalLM, LlamaForSequenceClassification)

HERE = pathlib.Path(__file__).parent
IDS = [1, 5, 6, 7, 8, 9, 10, 2]
SMALL = dict(vocab_size=20, hidden_size=16, num_hidden_layers=2, num_attention_heads=4, intermediate_size=24,
             max_position_embeddings=12, bos_token_id=1, eos_token_id=2, pad_token_id=0)
LLAMA = dict(num_key_value_heads=2, rms_norm_eps=1e-5, tie_word_embeddings=True)


def make(name, model, **lora):
    torch.manual_seed(7)
    for parameter in model.parameters():
        torch.nn.init.normal_(parameter, std=0.3)
    for key, module in model.named_modules():
        if "norm" in key or "ln_" in key:
            for parameter in module.parameters():
                torch.nn.init.normal_(parameter, mean=1, std=0.1)
    folder = HERE / name
    model.save_pretrained(folder)
    adapted = get_peft_model(model, LoraConfig(**lora))
    for key, parameter in adapted.named_parameters():
        if parameter.requires_grad:
            torch.nn.init.normal_(parameter, std=0.2)
    adapted.eval()
    adapted.save_pretrained(folder / "adapter")
    config = json.loads((folder / "adapter/adapter_config.json").read_text())
    config["base_model_name_or_path"] = "somebody/" + name
    (folder / "adapter/adapter_config.json").write_text(json.dumps(config, indent=1, sort_keys=True) + "\n")
    for file in ["adapter/README.md", "generation_config.json"]:
        (folder / file).unlink(missing_ok=True)
    with torch.no_grad():
        logits = adapted(input_ids=torch.tensor([IDS])).logits[0]
    (folder / "expected.json").write_text(json.dumps({"ids": IDS, "logits": logits.tolist()}) + "\n")


make("llama", LlamaForCausalLM(LlamaConfig(**SMALL, **LLAMA)), r=3, lora_alpha=6, use_rslora=True,
     target_modules=["q_proj", "v_proj", "gate_proj", "down_proj"], rank_pattern={"v_proj": 2},
     task_type="CAUSAL_LM")
make("reward", LlamaForSequenceClassification(LlamaConfig(**SMALL, **LLAMA, num_labels=1)), r=2, lora_alpha=4,
     target_modules="all-linear", task_type="SEQ_CLS")
make("gpt2", GPT2LMHeadModel(GPT2Config(vocab_size=20, n_embd=16, n_layer=2, n_head=4, n_inner=24, n_positions=12,
                                        bos_token_id=1, eos_token_id=2, pad_token_id=0)),
     r=2, lora_alpha=8, target_modules=["attn.c_attn", "mlp.c_proj"], fan_in_fan_out=True, task_type="CAUSAL_LM")
make("gpt-neox", GPTNeoXForCausalLM(GPTNeoXConfig(**{**SMALL, "hidden_size": 32}, rotary_pct=0.5, hidden_act="gelu")),
     r=2, lora_alpha=8, target_modules="all-linear", task_type="CAUSAL_LM")
