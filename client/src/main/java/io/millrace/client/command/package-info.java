/** The subcommands, one a class; {@link MillraceCommand} lists them and holds what all share. */
package io.millrace.client.command;
