"""Driving the stages of a pipeline: objects are pushed one at a time from each stage to the next.

Source: about_Pipelines; Windows PowerShell Language Specification 3.0, section 8.2.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from exmigrate.twin.powershell.runtime.flow import NOTHING, StopUpstream

if TYPE_CHECKING:
    from exmigrate.twin.powershell.runtime.session import Session
    from exmigrate.twin.powershell.runtime.stages import Stage

Emit = Callable[[Any], None]
Maker = Callable[["Session", bool], "Stage"]


def run_stages(
    session: Session,
    makers: list[Maker],
    head: Callable[[Session], Any] | None,
    redirections: list[list[Any]],
    emit: Emit,
) -> None:
    """Run a pipeline.

    Args:
        session: The session.
        makers: Functions that make the stages, in order.
        head: The expression in front, or None.
        redirections: Of each stage; [] when there are none at all.
        emit: Where the last stage's output goes.
    """
    value = head(session) if head is not None else None
    stages: list[Stage] = []
    try:
        for position, maker in enumerate(makers):
            stages.append(maker(session, head is not None or position > 0))
        closing = _wire(session, stages, redirections, emit)
        session.ok = True
        if head is not None:
            _feed_value(session, stages, value)
        else:
            _feed_first(stages)
        for close in closing:
            close()
    except BaseException:
        for stage in stages:
            stage.abandon()
        raise
    session.ok = True
    for stage in stages:
        if stage.failed:
            session.ok = False
        stage.release()


def _wire(session: Session, stages: list[Stage], redirections: list[list[Any]], emit: Emit) -> list[Any]:
    onward = emit
    closing: list[Any] = []
    for position in range(len(stages) - 1, -1, -1):
        stage = stages[position]
        if redirections and redirections[position]:
            stage = stages[position] = session.redirect_stage(stage, redirections[position], onward, closing)
        else:
            stage.set_emit(onward)
        onward = stage.push
    return closing


class _Opening:
    """Begins each stage in order; one that puts something out meanwhile begins its successor first."""

    __slots__ = ("begun", "stages")

    def __init__(self, stages: list[Stage]) -> None:
        self.stages = stages
        self.begun = 0

    def next(self) -> None:
        """Begin the first stage that has not begun."""
        position = self.begun
        self.begun += 1
        stage = self.stages[position]
        if self.begun == len(self.stages):
            stage.begin()
            return
        onward = stage.emit

        def early(value: Any) -> None:
            if self.begun == position + 1:
                self.next()
            onward(value)

        stage.set_emit(early)
        stage.begin()
        stage.set_emit(onward)


def _begin(stages: list[Stage]) -> None:
    opening = _Opening(stages)
    while opening.begun < len(stages):
        opening.next()
    for stage in stages:
        stage.wired()


def _feed_value(session: Session, stages: list[Stage], value: Any) -> None:
    _begin(stages)
    push = stages[0].push
    try:
        if type(value) is list:
            for item in value:
                push(item)
        elif value is not NOTHING:
            session.emit_piped(value, push)
    except StopUpstream as stop:
        _finish_from(stages, stop.stage)
        return
    _finish(stages)


def _feed_first(stages: list[Stage]) -> None:
    _begin(stages)
    try:
        stages[0].run_process()
    except StopUpstream as stop:
        _finish_from(stages, stop.stage)
        return
    _finish(stages)


def _finish(stages: list[Stage]) -> None:
    for position, stage in enumerate(stages):
        try:
            stage.finish()
        except StopUpstream as stop:
            _finish_from(stages[position + 1 :], stop.stage)
            return


def _finish_from(stages: list[Stage], stage: Stage) -> None:
    """Finish the stages from one on; those before it are cut off. A stage of another pipeline passes it on."""
    if stage not in stages:
        raise StopUpstream(stage)
    _finish(stages[stages.index(stage) :])
