"""All that enters the sandbox, and nothing else."""
