package org.omnimamba.web.settings;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.AbstractBindHandler;
import org.springframework.boot.context.properties.bind.BindContext;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;

/** Notes each value that cannot be read, and goes on without it. */
final class UnreadableValues extends AbstractBindHandler {
  private final List<SettingProblem> problems = new ArrayList<>();

  @Override
  public @Nullable Object onFailure(
      ConfigurationPropertyName name, Bindable<?> target, BindContext context, Exception error) {
    add(name, error);
    return null;
  }

  void add(ConfigurationPropertyName name, Exception error) {
    if (problems.stream().noneMatch(problem -> problem.property().startsWith(name.toString()))) {
      problems.add(new SettingProblem(name.toString(), ProblemTexts.reason(name, error)));
    }
  }

  List<SettingProblem> problems() {
    return problems;
  }

  /** Whether the problem follows from one that is noted here. */
  boolean covers(SettingProblem problem) {
    return problems.stream().anyMatch(noted -> problem.property().startsWith(noted.property()));
  }
}
