"""The measures in words and formulas, as they are computed in `selfhost.determinism.compare`."""

from __future__ import annotations

FORMULAS: tuple[tuple[str, str, str], ...] = (
    (
        "output disagreement rate",
        "(1/N) Σ [Aᵢ ≠ Bᵢ]",
        "share of prompts with another output; 0 = none",
    ),
    (
        "output length bias",
        "(1/N) Σ (|Bᵢ| - |Aᵢ|)",
        "tokens; above 0: B writes more",
    ),
    (
        "output length magnitude",
        "(1/N) Σ ||Bᵢ| - |Aᵢ||",
        "tokens; longer and shorter do not cancel out",
    ),
    (
        "token-level divergence",
        "dᵢ: first t with Aᵢ[t] ≠ Bᵢ[t];  mean of dᵢ / max(|Aᵢ|, |Bᵢ|)",
        "where they part; 1 = never (our reading: over the longer output)",
    ),
    (
        "RMSE of the top-1 log-probability",
        "√ mean over t < dᵢ of (log p_A - log p_B)²",
        "nats; along the common beginning only",
    ),
    (
        "Jaccard similarity of the top 5",
        "mean of |X ∩ Y| / |X ∪ Y|",
        "1 = the same five candidates (up to and with the step where they part)",
    ),
    (
        "shift of the score",
        "score(B) - score(A);  p = min(1, 2 P[Bin(b + c, ½) ≤ min(b, c)])",
        "paired bootstrap over items; McNemar on the b + c items that only one got right",
    ),
)
SOURCE = "The Silent Hyperparameter, arXiv 2605.19537 (2026-05); computed as written here"
