"""Lesson 5: inference."""

from course_utils.lesson import Lesson

LESSON = Lesson(
    id="05_inference",
    title="Inference",
    summary="Put a trained net to work: probabilities, thresholds, honest scores, and files that can be trusted.",
    objectives=(
        "predict in eval mode, without gradients, for one row or a million",
        "turn probabilities into decisions, and say what they cost with precision, recall and F1",
        "save a checkpoint from which training goes on exactly as if it had never stopped",
        "load weights from a stranger without running the stranger's code",
    ),
    exercise_names=(
        "predict_proba",
        "score_now",
        "confusion",
        "precision_recall_f1",
        "best_threshold",
        "predict_in_batches",
        "save_checkpoint",
        "resume",
        "load_weights",
    ),
)
