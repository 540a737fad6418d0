"""Other defaults, seeds and modes of torch, beside right answers."""
# points: 20
# %% first
import random

torch.set_default_dtype(torch.float64)
torch.set_grad_enabled(False)
torch.manual_seed(1)
random.seed(1)
torch.use_deterministic_algorithms(True)
torch.set_default_dtype(torch.float32)
