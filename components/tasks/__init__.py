"""What language models are asked to do: one Markdown file for each task."""
