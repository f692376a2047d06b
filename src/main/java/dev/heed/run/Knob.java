package dev.heed.run;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * The one declaration of an option: its default, meaning, unit and source. Stands on a record component; the option is
 * the component's name in kebab case ({@code klCoef} is {@code --kl-coef}). Its range is checked in the record's compact
 * constructor ({@link Knobs#atLeast}).
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
public @interface Knob {
    /** Says that there is no default: the user must give the option. */
    String REQUIRED = "<required>";

    /**
     * The default as the user would type it; empty: an empty text, an empty list, or null for a Path. On a component that
     * is itself a record of knobs it is a prefix: {@code @Knob("critic")} makes its {@code lr} {@code --critic-lr}.
     */
    String value();

    /** What it is, its unit, and where its default comes from. */
    String help() default "";

    /** What stands for the value in the help, such as FILE; empty: what its type suggests. */
    String label() default "";

    /** Whether it is an argument without a name ({@code heed import prompts FILE}), taken in the record's order. */
    boolean positional() default false;
}
