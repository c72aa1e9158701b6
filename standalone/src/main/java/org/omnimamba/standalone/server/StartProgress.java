package org.omnimamba.standalone.server;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;

/** What inference does until it is ready, in a few words, as its meters tell it. */
final class StartProgress {
  private StartProgress() {}

  static String of(MeterRegistry meters) {
    Gauge loaded = meters.find("omnimamba.start.seconds").tag("phase", "load").gauge();
    if (loaded == null || Double.isNaN(loaded.value())) {
      return "loading the model";
    }
    int compiled = meters.find("omnimamba.function.compile.seconds").gauges().size();
    return compiled == 0 ? "preparing the model" : "compiling, " + compiled + " functions done";
  }
}
