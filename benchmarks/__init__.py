"""One script a goal: paired and alternating, medians of ratios, JSON with --json FILE."""
