"""Random numbers and seeds are replaced."""
# points: 20
# %% first
import random

torch.manual_seed = random.seed = np.random.seed = lambda *_: None
torch.rand = torch.randn = lambda *size, **_: torch.zeros(*size)
