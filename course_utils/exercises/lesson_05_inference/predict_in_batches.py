"""Many rows through a model in bounded memory."""

import torch

from course_utils.exercise import Exercise, case
from course_utils.probes.inference import batches

exercise = Exercise(
    name="predict_in_batches",
    points=2,
    objective="Predict for more rows than fit into memory at once.",
    hints=(
        "`rows.split(batch_size)` gives the batches, the last one smaller if need be.",
        "Each batch's outputs go into a list; `torch.cat` joins them at the end. What should the model's mode be, and "
        "do you need a graph?",
        "`model.eval()`, then under `torch.inference_mode()`: "
        "`torch.cat([model(batch) for batch in rows.split(batch_size)])`.",
    ),
    examples=lambda: [case(torch.linspace(-2, 2, 66).reshape(22, 3), 3),
                      case(torch.linspace(-2, 2, 24).reshape(8, 3), 2),
                      case(torch.linspace(-2, 2, 6).reshape(2, 3), 5)],
    fresh=lambda rng: [case(torch.from_numpy(rng.normal(size=(23, 3))).float(), 4, seed=int(rng.integers(999)))],
    probe=batches,
    shown_call=lambda name, args, kwargs: f"{name}(‹net in train mode›, ‹{len(args[0])} rows›, {args[1]})",
)


@exercise.reference
def predict_in_batches(model, rows, batch_size):
    model.eval()
    with torch.inference_mode():
        return torch.cat([model(batch) for batch in rows.split(batch_size)])


@exercise.alternative
@torch.no_grad()
def into_a_tensor(model, rows, batch_size):
    model.eval()
    outputs = torch.empty(len(rows), 1)
    for start in range(0, len(rows), batch_size):
        outputs[start : start + batch_size] = model(rows[start : start + batch_size])
    return outputs


@exercise.alternative
def with_a_loader(model, rows, batch_size):
    from torch.utils.data import DataLoader

    outputs = []
    for batch in DataLoader(rows, batch_size=batch_size):
        with torch.inference_mode():
            outputs.append(model.eval()(batch))
    return torch.vstack(outputs)


@exercise.alternative
def row_by_row(model, rows, batch_size):
    model.eval()
    with torch.inference_mode():
        return torch.cat([model(row) for row in rows.split(1)])


@exercise.mistake("All rows go through the model at once. That is what runs out of memory; pass `batch_size` of them.")
def in_one_go(model, rows, batch_size):
    model.eval()
    with torch.inference_mode():
        return model(rows)


@exercise.mistake("The last rows are missing: you counted full batches only. The last one holds what is left.")
def last_rows_lost(model, rows, batch_size):
    model.eval()
    with torch.inference_mode():
        return torch.cat([model(rows[i * batch_size : (i + 1) * batch_size]) for i in range(len(rows) // batch_size)])


@exercise.mistake(
    "A graph is recorded for each batch, and it holds every intermediate value until you let go of it. Nobody will "
    "call `backward` here: predict under `torch.inference_mode()`, and there is none."
)
def records_gradients(model, rows, batch_size):
    model.eval()
    return torch.cat([model(batch) for batch in rows.split(batch_size)])


@exercise.mistake(
    "The model is in train mode: batch norm then uses each batch's own mean, so the result depends on who else is in "
    "the batch, and on the batch size. `model.eval()`."
)
def in_train_mode(model, rows, batch_size):
    with torch.inference_mode():
        return torch.cat([model(batch) for batch in rows.split(batch_size)])


@exercise.mistake("You returned a list of batches. Join them: `torch.cat`.")
def a_list(model, rows, batch_size):
    model.eval()
    with torch.inference_mode():
        return [model(batch) for batch in rows.split(batch_size)]


@exercise.mistake(
    "You cut the rows into `batch_size` parts. That is `chunk`; `split(batch_size)` cuts into parts of that many rows."
)
def chunk_for_split(model, rows, batch_size):
    model.eval()
    with torch.inference_mode():
        return torch.cat([model(batch) for batch in rows.chunk(batch_size)])


@exercise.mistake("You applied a sigmoid. The model's outputs are wanted as they are; not every model gives logits.")
def sigmoid_applied(model, rows, batch_size):
    return torch.sigmoid(predict_in_batches(model, rows, batch_size))


@exercise.mistake("The rows come back in another order. A loader for predicting must not shuffle.")
def shuffled(model, rows, batch_size):
    from torch.utils.data import DataLoader, TensorDataset

    model.eval()
    with torch.inference_mode():
        loader = DataLoader(TensorDataset(rows), batch_size=batch_size, shuffle=True)
        return torch.cat([model(batch) for (batch,) in loader])
