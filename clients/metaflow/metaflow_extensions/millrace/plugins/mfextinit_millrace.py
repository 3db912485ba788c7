"""What Metaflow finds here when it starts. Nothing is imported: a flow that does not use Millrace pays nothing."""

CLIS_DESC = [("millrace", ".millrace.cli.cli")]
STEP_DECORATORS_DESC = [
    ("millrace", ".millrace.mixed_decorator.MillraceDecorator"),
    ("millrace_internal", ".millrace.decorator.MillraceInternalDecorator"),
]
DEPLOYER_IMPL_PROVIDERS_DESC = [("millrace", ".millrace.deployer.MillraceDeployer")]
