package org.omnimamba.rehearsal;

import java.util.List;

/** Walks through what the documentation promises, at the gateway and at the management ports. */
final class Walk {
  private Walk() {}

  /**
   * @param act name of the act in the report
   * @param url address of the gateway
   * @param pods all replicas
   */
  static void run(String act, Report report, String url, Site site, List<Pod> pods) {
    Promises promises = new Promises(act, report, url);
    Api api = new Api(url, Site.API_KEY);
    new JobsWalk(promises, api, site.receiver(), Site.HOOK).run();
    new ApiWalk(promises, url, api).run();
    new OperatorWalk(promises, api, site.receiver()).run(pods);
  }
}
