package io.millrace.scheduler.api;

import io.millrace.scheduler.view.RunEntities;
import io.millrace.scheduler.view.RunView;

/** Finds the run that a path names. */
final class RunLookup {
  private RunLookup() {}

  static RunEntities find(RunView view, String run) {
    return view.find(Bodies.run(run))
        .orElseThrow(
            () ->
                ApiException.notFound(
                    "no run '%s' is known; it may not have been taken yet, have been refused (see the dead letters) or have ended more than 8 days ago"
                        .formatted(run)));
  }
}
