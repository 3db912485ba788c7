package io.millrace.scheduler.api;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.millrace.events.Json;
import io.millrace.events.api.Problem;
import io.millrace.events.flow.InvalidFlowException;
import io.millrace.scheduler.objects.ObjectStoreException;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.Response;
import org.jboss.logging.Logger;
import org.jboss.resteasy.reactive.server.ServerExceptionMapper;

/** Errors as problem+json, and bodies by the contract's codec. */
@ApplicationScoped
class Problems {
  private static final Logger LOG = Logger.getLogger(Problems.class);

  @Produces
  @Singleton
  ObjectMapper mapper() {
    return Json.newMapper();
  }

  @ServerExceptionMapper
  Response expected(ApiException problem) {
    return response(problem.problem());
  }

  @ServerExceptionMapper
  Response invalid(InvalidFlowException invalid) {
    return response(ApiException.invalidFlow(invalid.problems()).problem());
  }

  @ServerExceptionMapper
  Response store(ObjectStoreException unreachable) {
    return response(Problem.of("Object store", 502, unreachable.getMessage()));
  }

  /** What the framework refuses: a path that is not there, a method, a media type. */
  @ServerExceptionMapper
  Response refused(WebApplicationException refused) {
    int status = refused.getResponse().getStatus();
    String detail =
        status == 404
            ? "nothing is at this path; /q/openapi describes the API"
            : String.valueOf(refused.getMessage());
    return response(Problem.of("Refused request", status, detail));
  }

  @ServerExceptionMapper
  Response unexpected(RuntimeException bug) {
    LOG.error("a request failed", bug);
    return response(
        Problem.of(
            "Internal error",
            500,
            "the server failed: " + bug + "; its log has the details, please report them"));
  }

  private static Response response(Problem problem) {
    return Response.status(problem.status())
        .type(Problem.MEDIA_TYPE)
        .entity(Json.write(problem))
        .build();
  }
}
