package io.millrace.metadata.refusal;

import io.millrace.events.Json;
import io.millrace.events.api.Problem;
import io.millrace.metadata.database.Database;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.ws.rs.core.Response;
import org.jboss.logging.Logger;
import org.jboss.resteasy.reactive.server.ServerExceptionMapper;
import org.jdbi.v3.core.JdbiException;

/** Refusals and failures of the database as problem+json. */
@ApplicationScoped
class Refusals {
  private static final Logger LOG = Logger.getLogger(Refusals.class);

  @ServerExceptionMapper
  Response refused(Refusal refusal) {
    String title =
        switch (refusal.status()) {
          case 404 -> "Not found";
          case 409 -> "Conflict";
          case 422 -> "Unfit request";
          default -> "Malformed request";
        };
    return response(Problem.of(title, refusal.status(), refusal.getMessage()));
  }

  /** An outage is answered by 503, after which Metaflow's client tries again. */
  @ServerExceptionMapper
  Response database(JdbiException failure) {
    if (Database.isOutage(failure)) {
      LOG.warnf("the metadata database cannot be reached: %s", failure.getMessage());
      return response(
          Problem.of(
              "Database unreachable",
              503,
              "the metadata database cannot be reached at the moment; try again"));
    }
    if (Database.isUnfitValue(failure)) {
      return response(
          Problem.of(
              "Malformed request",
              400,
              "a value is none that the metadata database can hold: it is too long, or has a NUL in it"));
    }
    LOG.error("the metadata database refused a statement", failure);
    return response(
        Problem.of(
            "Internal error",
            500,
            "the metadata database refused a statement; the server's log has the details, please report them"));
  }

  private static Response response(Problem problem) {
    return Response.status(problem.status())
        .type(Problem.MEDIA_TYPE)
        .entity(Json.write(problem))
        .build();
  }
}
