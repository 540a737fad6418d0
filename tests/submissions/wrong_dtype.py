"""Right numbers, wrong dtype."""
# points: 14 stack_images=wrong standardize=wrong
# %% stack_images
def stack_images(images):
    batch = torch.stack([torch.from_numpy(image) for image in images])
    return batch.permute(0, 3, 1, 2).double() / 255
# %% standardize
def standardize(x):
    deviation = x.std(dim=0)
    return ((x - x.mean(dim=0)) / torch.where(deviation > 0, deviation, 1.0)).double()
