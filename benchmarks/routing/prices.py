"""Public list prices of the recorded models' output, in USD per million tokens.

From genai-prices 0.2.3 (Google at 2024-11, Together, OpenRouter, Cohere), looked up on 2026-11-26;
DeepSeek's from its own price page and OpenRouter's, both of 2024. Where Together lists the chat or
turbo variant of a model, that price stands for the base model too. Three are in no list that could
be read: they get Together's price for their size (`BY_SIZE`).
"""

from __future__ import annotations

LISTED = {
    "gemini-1.5-pro-002": 5.00,
    "gemini-1.5-flash-002": 0.30,
    "DeepSeek-Coder-V2": 0.28,
    "jamba-1.5-large": 8.00,
    "c4ai-command-r-v01": 0.60,
    "Phi-3-mini-4k-instruct": 0.10,
    "Meta-Llama-3_1-70B-Instruct": 0.88,
    "Meta-Llama-3_1-70B": 0.88,
    "Meta-Llama-3-70B": 0.88,
    "Meta-Llama-3_1-8B-Instruct": 0.18,
    "Meta-Llama-3_1-8B": 0.18,
    "Meta-Llama-3-8B": 0.18,
    "Llama-2-70b-hf": 0.90,
    "Llama-2-13b-hf": 0.225,
    "Llama-2-7b-hf": 0.20,
    "Qwen1.5-72B-Chat": 0.90,
    "Qwen1.5-7B-Chat": 0.20,
    "Mixtral-8x7B-Instruct-v0.1": 0.90,
    "Mixtral-8x7B-v0.1": 0.90,
    "Mistral-7B-Instruct-v0.1": 0.20,
    "Mistral-7B-Instruct-v0.2": 0.20,
    "Mistral-7B-v0.1": 0.20,
    "Mistral-7B-v0.2-hf": 0.20,
    "Yi-34B": 0.80,
    "Yi-6B": 0.20,
    "Yi-6b-Chat": 0.20,
    "gemma-7b": 0.20,
}
BY_SIZE = {
    "Qwen1.5-110B": 1.80,  # 80 to 110 billion parameters
    "mathstral-7B": 0.20,  # 4 to 8 billion
}
PRICES = LISTED | BY_SIZE

CHARACTERS_PER_TOKEN = 4.0
"""Lengths are recorded in characters; one ratio for all models."""
