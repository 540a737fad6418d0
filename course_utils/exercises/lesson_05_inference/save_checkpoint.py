"""A checkpoint that holds everything the next step depends on."""

import torch

from course_utils.exercise import Exercise, case
from course_utils.probes.file import saving


def _batch(rng):
    return (torch.from_numpy(rng.normal(size=(6, 3))).float(),
            torch.from_numpy(rng.integers(0, 2, size=(6, 1))).float())


exercise = Exercise(
    name="save_checkpoint",
    points=2,
    objective="Save the optimizer's memory along with the weights.",
    hints=(
        "Adam remembers an average of past gradients for each weight. Where does that live, and what if it is lost?",
        "`model.state_dict()` and `optimizer.state_dict()` are plain tensors and numbers: just what a safe file may "
        "hold.",
        "`torch.save({'model': model.state_dict(), 'optimizer': optimizer.state_dict(), 'epoch': epoch}, path)`.",
    ),
    examples=lambda: [case(torch.tensor([[1.0, 0.0, 2.0], [0.0, 1.0, -1.0]]), torch.tensor([[1.0], [0.0]]), 3)],
    fresh=lambda rng: [case(*_batch(rng), int(rng.integers(4, 7)), seed=int(rng.integers(1000)))],
    probe=saving,
    shown_call=lambda name, args, kwargs: f"{name}(‹path›, ‹net›, ‹Adam after {args[2]} steps›, {args[2]})",
    rtol=1e-3,
    atol=1e-4,
)


@exercise.reference
def save_checkpoint(path, model, optimizer, epoch):
    state = {"model": model.state_dict(), "optimizer": optimizer.state_dict(), "epoch": epoch}
    torch.save(state, path)


@exercise.alternative
def step_by_step(path, model, optimizer, epoch):
    state = {"epoch": epoch}
    for name, part in {"model": model, "optimizer": optimizer}.items():
        state[name] = part.state_dict()
    with open(path, "wb") as file:
        torch.save(state, file)


@exercise.alternative
def copied_to_the_cpu(path, model, optimizer, epoch):
    weights = {name: tensor.detach().cpu().clone() for name, tensor in model.state_dict().items()}
    torch.save({"epoch": int(epoch), "optimizer": optimizer.state_dict(), "model": weights}, str(path))


@exercise.mistake(
    "The optimizer's state is missing. Adam would start again with empty averages, and its next steps would go "
    "elsewhere: save `optimizer.state_dict()` under \"optimizer\"."
)
def no_optimizer(path, model, optimizer, epoch):
    torch.save({"model": model.state_dict(), "epoch": epoch}, path)


@exercise.mistake(
    "You saved the weights alone. To go on, you also need the optimizer's state and the epoch, in a dict with the keys "
    "\"model\", \"optimizer\" and \"epoch\"."
)
def weights_alone(path, model, optimizer, epoch):
    torch.save(model.state_dict(), path)


@exercise.mistake(
    "There are Python objects in the file: the model or the optimizer itself, or `state_dict` without its parentheses. "
    "Such a file breaks when the code moves, and whoever loads it has to run whatever is in it. Save `state_dict()`."
)
def whole_objects(path, model, optimizer, epoch):
    torch.save({"model": model, "optimizer": optimizer, "epoch": epoch}, path)


@exercise.mistake("The epoch is not in it, so nobody knows where to go on.")
def no_epoch(path, model, optimizer, epoch):
    torch.save({"model": model.state_dict(), "optimizer": optimizer.state_dict()}, path)


@exercise.mistake(
    "The epoch is one too high. It counts the epochs that are done; adding one here, and again when resuming, skips "
    "one."
)
def epoch_plus_one(path, model, optimizer, epoch):
    torch.save({"model": model.state_dict(), "optimizer": optimizer.state_dict(), "epoch": epoch + 1}, path)


@exercise.mistake("Nothing arrived under the path. `torch.save(state, path)`: first what, then where.")
def nothing_written(path, model, optimizer, epoch):
    return {"model": model.state_dict(), "optimizer": optimizer.state_dict(), "epoch": epoch}


@exercise.mistake(
    "The optimizer was saved after its state was emptied: a new optimizer on the same weights has no averages yet. "
    "Save the one that was passed in."
)
def fresh_optimizer(path, model, optimizer, epoch):
    fresh = torch.optim.Adam(model.parameters(), lr=optimizer.param_groups[0]["lr"])
    torch.save({"model": model.state_dict(), "optimizer": fresh.state_dict(), "epoch": epoch}, path)


@exercise.mistake("The arguments are the other way round: `torch.save(state, path)`, first what, then where.")
def arguments_swapped(path, model, optimizer, epoch):
    torch.save(path, {"model": model.state_dict(), "optimizer": optimizer.state_dict(), "epoch": epoch})


@exercise.mistake(
    "You wrote the file with `pickle`. `torch.load(..., weights_only=True)` reads what `torch.save` has written; use "
    "that."
)
def plain_pickle(path, model, optimizer, epoch):
    import pickle

    with open(path, "wb") as file:
        pickle.dump({"model": model.state_dict(), "optimizer": optimizer.state_dict(), "epoch": epoch}, file)


@exercise.mistake(
    "The keys have other names than agreed: \"model\", \"optimizer\" and \"epoch\". Whoever resumes looks for those."
)
def long_names(path, model, optimizer, epoch):
    torch.save({"model_state_dict": model.state_dict(), "optimizer_state_dict": optimizer.state_dict(),
                "epoch": epoch}, path)
