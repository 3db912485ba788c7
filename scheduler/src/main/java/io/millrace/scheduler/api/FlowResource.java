package io.millrace.scheduler.api;

import io.millrace.core.Entity;
import io.millrace.events.FlowRef;
import io.millrace.events.api.FlowView;
import io.millrace.events.flow.FlowDocument;
import io.millrace.events.flow.FlowDocuments;
import io.millrace.scheduler.intake.FlowCatalog;
import io.millrace.scheduler.intake.FlowDeployments;
import io.millrace.scheduler.view.RunView;
import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.jboss.resteasy.reactive.ResponseStatus;

/** Flow definitions. */
@Path("/api/v1/flows")
@Produces(MediaType.APPLICATION_JSON)
public class FlowResource {
  private final FlowCatalog catalog;
  private final FlowDeployments deployments;

  private final RunView view;

  FlowResource(FlowCatalog catalog, FlowDeployments deployments, RunView view) {
    this.catalog = catalog;
    this.deployments = deployments;
    this.view = view;
  }

  @GET
  @Operation(summary = "The current definition of each flow, by name")
  public FlowView.Page list() {
    return new FlowView.Page(
        catalog.current().stream()
            .sorted(Comparator.comparing(FlowRef::name))
            .map(ref -> new FlowView(ref, description(ref), null, null, List.of()))
            .toList());
  }

  @GET
  @Path("/{flow}")
  @Operation(summary = "A flow by name, or one definition by name@sha256")
  public Uni<FlowView> get(@PathParam("flow") String flow) {
    return catalog
        .find(flow)
        .map(found -> found.map(this::detail).orElseThrow(() -> unknown(flow)));
  }

  @POST
  @Consumes(MediaType.WILDCARD)
  @ResponseStatus(201)
  @Operation(
      summary =
          "Deploys a flow document, YAML or JSON, as the current one of its name; with current=false it is known by name@sha256 alone")
  public Uni<FlowView.Deployed> deploy(
      @DefaultValue("true") @QueryParam("current") boolean current, String document) {
    return deployments
        .deploy(FlowDocuments.parse(document), current)
        .call(
            deployed ->
                deployed.triggers().areNone()
                    ? Uni.createFrom().voidItem()
                    : view.awaitTriggers(
                        deployed.ref().name(), deployed.version(), RunResource.SHOWN))
        .map(deployed -> new FlowView.Deployed(deployed.ref(), deployed.changed()));
  }

  @DELETE
  @Path("/{flow}")
  @ResponseStatus(204)
  @Operation(summary = "Withdraws a flow: its name asks for no more runs; those under way go on")
  public Uni<Void> withdraw(@PathParam("flow") String flow) {
    return deployments
        .withdraw(flow)
        .invoke(
            known -> {
              if (!known) {
                throw unknown(flow);
              }
            })
        .replaceWithVoid();
  }

  private static ApiException unknown(String flow) {
    return ApiException.notFound(
        "no flow is called '%s'; GET /api/v1/flows lists them".formatted(flow));
  }

  private FlowView detail(FlowRef ref) {
    Optional<Entity.Trigger> trigger = view.trigger(ref.name());
    return new FlowView(
        ref,
        description(ref),
        catalog.definition(ref),
        trigger.map(Entity.Trigger::next).orElse(null),
        trigger.stream()
            .flatMap(waiting -> waiting.arrived().values().stream())
            .map(Entity.Trigger.Arrived::event)
            .toList());
  }

  private String description(FlowRef ref) {
    FlowDocument document = catalog.document(ref);
    return document == null ? "" : document.description();
  }
}
