package org.omnimamba.jobs.web;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;

/** Present on replicas that answer HTTP, not on those that only work. */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ConditionalOnProperty(name = "omnimamba.jobs.api.enabled", matchIfMissing = true)
public @interface ConditionalOnApi {}
