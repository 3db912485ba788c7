package io.millrace.metadata.history;

import io.millrace.metadata.database.Database;
import io.millrace.metadata.database.Databases;

class HistoryOnPostgresIT extends HistoryContract {
  @Override
  Database.Place empty() {
    return Databases.onPostgres();
  }
}
