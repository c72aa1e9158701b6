package org.omnimamba.web.settings;

import jakarta.validation.Validation;
import jakarta.validation.ValidatorFactory;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.validation.BindValidationException;
import org.springframework.boot.context.properties.bind.validation.ValidationBindHandler;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.core.env.Environment;
import org.springframework.validation.beanvalidation.SpringValidatorAdapter;

/**
 * Binds and checks all settings records of the platform in a context before anything uses one, so
 * that a start which fails names everything that is missing or wrong, and not the first of it.
 */
public final class SettingsCheck implements BeanFactoryPostProcessor {
  private static final String PLATFORM = "org.omnimamba.";

  private final Environment environment;

  public SettingsCheck(Environment environment) {
    this.environment = environment;
  }

  /**
   * @throws InvalidSettingsException if a setting is missing or wrong
   */
  @Override
  public void postProcessBeanFactory(ConfigurableListableBeanFactory beans) {
    Set<SettingProblem> problems = new LinkedHashSet<>();
    try (ValidatorFactory validators = Validation.buildDefaultValidatorFactory()) {
      SpringValidatorAdapter validator = new SpringValidatorAdapter(validators.getValidator());
      for (Class<?> type : settings(beans)) {
        problems.addAll(check(type, validator));
      }
    }
    if (!problems.isEmpty()) {
      throw new InvalidSettingsException(List.copyOf(problems));
    }
  }

  private static Set<Class<?>> settings(ConfigurableListableBeanFactory beans) {
    Set<Class<?>> types = new LinkedHashSet<>();
    for (String name : beans.getBeanNamesForAnnotation(ConfigurationProperties.class)) {
      Class<?> type = beans.getType(name, false);
      if (type != null && type.isRecord() && type.getName().startsWith(PLATFORM)) {
        types.add(type);
      }
    }
    return types;
  }

  private List<SettingProblem> check(Class<?> type, SpringValidatorAdapter validator) {
    ConfigurationProperties annotation =
        Objects.requireNonNull(
            AnnotatedElementUtils.getMergedAnnotation(type, ConfigurationProperties.class));
    CollectedFailures failures = new CollectedFailures();
    List<SettingProblem> problems = new ArrayList<>();
    try {
      Binder.get(environment)
          .bindOrCreate(
              annotation.prefix(),
              Bindable.of(type)
                  .withBindMethod(
                      org.springframework.boot.context.properties.bind.BindMethod.VALUE_OBJECT),
              new ValidationBindHandler(failures, validator));
    } catch (BindException e) {
      if (e.getCause() instanceof BindValidationException invalid) {
        problems.addAll(ProblemTexts.of(annotation.prefix(), invalid));
      } else {
        failures.add(e.getName(), e);
      }
    }
    List<SettingProblem> all = new ArrayList<>(failures.problems());
    // A value that could not be read is missing for the validation; it was told already.
    problems.stream().filter(problem -> !failures.covers(problem)).forEach(all::add);
    return all;
  }
}
