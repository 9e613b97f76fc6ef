"""One module per task: what is predicted, and how it is scored and called."""
