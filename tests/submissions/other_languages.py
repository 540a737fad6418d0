"""Comments and names in other languages."""
# points: 20
# %% leibniz_pi
def leibniz_pi(n):
    """Приближение числа π — 莱布尼茨级数 — سلسلة لايبنتس."""
    знаки = (-1.0) ** torch.arange(n)  # 交替的符号
    größe = 2 * torch.arange(n) + 1  # les dénominateurs
    return 4 * (знаки / größe).sum().item()
