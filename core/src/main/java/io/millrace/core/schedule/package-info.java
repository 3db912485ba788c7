/**
 * Times that come again and again: {@link io.millrace.core.schedule.Clockwork} reads cron
 * expressions and says when they are next met.
 */
package io.millrace.core.schedule;
