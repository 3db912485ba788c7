package io.millrace.metadata.metaflow;

import io.millrace.metadata.database.Database;
import io.millrace.metadata.database.Databases;

class MetaflowOnPostgresIT extends MetaflowContract {
  @Override
  Database.Place empty() {
    return Databases.onPostgres();
  }
}
