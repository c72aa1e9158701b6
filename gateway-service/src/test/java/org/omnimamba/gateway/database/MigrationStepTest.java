package org.omnimamba.gateway.database;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.omnimamba.gateway.testing.Database;
import org.omnimamba.web.database.MigrationStep;

/** The gateway as a step that only migrates. */
class MigrationStepTest {
  @Test
  void itMakesItsTablesAndNeedsNoOtherSetting() throws Exception {
    Database database = Database.create();
    assertThat(run(database, "true")).as("then the service starts").isEmpty();
    for (int time = 1; time <= 2; time++) {
      assertThat(run(database, "only")).hasValue(0);
      assertThat(database.query("SELECT to_regclass('gateway_api_key')"))
          .isEqualTo("gateway_api_key");
    }
  }

  private static OptionalInt run(Database database, String migrate) {
    String[] settings = database.settingsThrough(database.port());
    List<String> arguments = new ArrayList<>(List.of("--omnimamba.database.migrate=" + migrate));
    for (int i = 0; i < settings.length; i += 2) {
      arguments.add("--" + settings[i] + "=" + settings[i + 1]);
    }
    return MigrationStep.run(
        "gateway-service", SchemaConfiguration.class, arguments.toArray(String[]::new));
  }
}
