<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Surface;

use ReflectionAttribute;
use ReflectionClass;
use ReflectionClassConstant;
use ReflectionEnum;
use ReflectionEnumBackedCase;
use ReflectionExtension;
use ReflectionFunction;
use ReflectionFunctionAbstract;
use ReflectionMethod;
use ReflectionNamedType;
use ReflectionParameter;
use ReflectionProperty;

/**
 * The facts that Reflection reports of classes and functions, as plain text. A class of an extension and the same class
 * in PHP code give the same facts.
 *
 * A surface has the facts of each class by name: `method send($action): type` => `Apn\AmiClient\Action`. It contains
 * text only, because it is passed between processes of which only one has the classes.
 *
 * @phpstan-type Facts array<string, string>
 */
final class Surface
{
    public const string STUB = __DIR__ . '/../../../stubs/ami_client.stub.php';

    /** The key of the functions and constants outside of classes. */
    public const string MODULE = 'ami_client';

    /** @return array<string, Facts> the surface of the extension */
    public static function ofExtension(): array
    {
        $extension = new ReflectionExtension('ami_client');

        return self::of(
            array_values($extension->getClassNames()),
            array_keys($extension->getFunctions()),
            $extension->getConstants(),
        );
    }

    /** @return array<string, Facts> the surface of a stub, read in a process without the extension */
    public static function ofStub(string $stub = self::STUB): array
    {
        static $known = [];

        return $known[$stub] ??= self::askAnotherPhp($stub);
    }

    /** @return array<string, Facts> */
    private static function askAnotherPhp(string $stub): array
    {
        $command = [PHP_BINARY, '-n', __DIR__ . '/describe.php', $stub];
        $process = proc_open($command, [1 => ['pipe', 'w'], 2 => STDERR], $pipes);
        /** @var array<string, Facts> $surface */
        $surface = unserialize((string) stream_get_contents($pipes[1]), ['allowed_classes' => false]);
        proc_close($process);

        return $surface;
    }

    /**
     * @param array<string, Facts> $stub
     * @param array<string, Facts> $extension
     *
     * @return list<string> a line for each fact that differs, with its class, its name and both values
     */
    public static function differences(array $stub, array $extension): array
    {
        $differences = [];
        foreach ($stub + $extension as $class => $_) {
            [$declared, $real] = [$stub[$class] ?? [], $extension[$class] ?? []];
            foreach ($declared + $real as $fact => $_) {
                [$ours, $theirs] = [$declared[$fact] ?? 'nothing', $real[$fact] ?? 'nothing'];
                if ($ours !== $theirs) {
                    $differences[] = "$class, $fact: the stub has $ours, the extension $theirs";
                }
            }
        }

        return $differences;
    }

    /**
     * @param list<class-string> $classes
     * @param list<callable-string> $functions
     * @param array<string, mixed> $constants
     *
     * @return array<string, Facts>
     */
    public static function of(array $classes, array $functions, array $constants): array
    {
        $surface = [];
        foreach ($classes as $class) {
            $surface[$class] = self::ofClass(new ReflectionClass($class));
        }
        ksort($surface);
        $module = array_map(self::text(...), $constants);
        foreach ($functions as $function) {
            $module += self::named("function $function()", self::ofFunction(new ReflectionFunction($function)));
        }

        return [self::MODULE => $module, ...$surface];
    }

    /**
     * @param ReflectionClass<object> $class
     *
     * @return Facts
     */
    private static function ofClass(ReflectionClass $class): array
    {
        $interfaces = $class->getInterfaceNames();
        sort($interfaces);
        $own = array_filter(
            $class->getProperties(),
            static fn(ReflectionProperty $property): bool => $property->class === $class->name,
        );
        // The order of cases and properties is visible in cases(), dumps and casts. The order of methods is not visible.
        $facts = [
            'kind' => match (true) {
                $class->isEnum() => 'enum ' . new ReflectionEnum($class->name)->getBackingType(),
                $class->isInterface() => 'interface',
                $class->isTrait() => 'trait',
                default => 'class',
            },
            // Enums are final. Reflection does not report this for enums of extensions.
            'final' => self::text($class->isFinal() || $class->isEnum()),
            'abstract' => self::text($class->isAbstract()),
            'readonly' => self::text($class->isReadOnly()),
            'instantiable' => self::text($class->isInstantiable()),
            'iterable' => self::text($class->isIterable()),
            'parent' => $class->getParentClass() ? $class->getParentClass()->name : 'none',
            'interfaces' => implode(', ', $interfaces),
            'traits' => implode(', ', $class->getTraitNames()),
            'attributes' => self::attributes($class),
            'constants in order' => implode(', ', array_keys($class->getConstants())),
            'properties in order' => implode(', ', array_column($own, 'name')),
        ];
        foreach ($class->getReflectionConstants() as $constant) {
            $facts += self::named("constant $constant->name", self::ofConstant($constant, $class));
        }
        foreach ($class->getProperties() as $property) {
            $facts += self::named("property \$$property->name", self::ofProperty($property, $class));
        }
        foreach ($class->getMethods() as $method) {
            $facts += self::named("method $method->name()", self::ofMethod($method, $class));
        }

        return $facts;
    }

    /**
     * @param ReflectionClass<object> $class
     *
     * @return Facts
     */
    private static function ofConstant(ReflectionClassConstant $constant, ReflectionClass $class): array
    {
        if ($constant->class !== $class->name) {
            return ['inherited' => $constant->class];
        }

        return [
            'case' => self::text($constant->isEnumCase()),
            'modifiers' => self::modifiers($constant),
            'type' => self::type($constant->getType()),
            'value' => self::text(
                $constant->isEnumCase()
                    ? new ReflectionEnumBackedCase($constant->class, $constant->name)->getBackingValue()
                    : $constant->getValue(),
            ),
            'deprecated' => self::text($constant->isDeprecated()),
            'attributes' => self::attributes($constant),
        ];
    }

    /**
     * @param ReflectionClass<object> $class
     *
     * @return Facts
     */
    private static function ofProperty(ReflectionProperty $property, ReflectionClass $class): array
    {
        if ($property->class !== $class->name) {
            return ['inherited' => $property->class];
        }

        return [
            'type' => self::type($property->getType()),
            'written as' => self::type($property->getSettableType()),
            'modifiers' => self::modifiers($property),
            'default' => $property->hasDefaultValue() ? self::text($property->getDefaultValue()) : 'none',
            'virtual' => self::text($property->isVirtual()),
            'hooks' => implode(', ', array_keys($property->getHooks())),
            'promoted' => self::text($property->isPromoted()),
            'attributes' => self::attributes($property),
        ];
    }

    /**
     * @param ReflectionClass<object> $class
     *
     * @return Facts
     */
    private static function ofMethod(ReflectionMethod $method, ReflectionClass $class): array
    {
        if ($method->class !== $class->name) {
            return ['inherited' => $method->class];
        }

        return [
            'modifiers' => self::modifiers($method),
            'prototype' => $method->hasPrototype() ? $method->getPrototype()->class : 'none',
            ...self::ofFunction($method),
        ];
    }

    /** @return Facts */
    private static function ofFunction(ReflectionFunctionAbstract $function): array
    {
        $parameters = $function->getParameters();
        $facts = [
            'returns' => self::type($function->getReturnType()),
            'returns tentatively' => self::type($function->getTentativeReturnType()),
            'returns by reference' => self::text($function->returnsReference()),
            'generator' => self::text($function->isGenerator()),
            'deprecated' => self::text($function->isDeprecated()),
            'attributes' => self::attributes($function),
            'parameters in order' => implode(', ', array_column($parameters, 'name')),
            'required parameters' => (string) $function->getNumberOfRequiredParameters(),
        ];
        foreach ($parameters as $parameter) {
            $facts += self::named("\$$parameter->name", self::ofParameter($parameter));
        }

        return $facts;
    }

    /** @return Facts */
    private static function ofParameter(ReflectionParameter $parameter): array
    {
        // The default as `php --rc` prints it.
        $printed = preg_match('/ = (.*) ]$/s', (string) $parameter, $found) === 1 ? $found[1] : 'none';
        $hasDefault = $parameter->isDefaultValueAvailable();

        return [
            'type' => self::type($parameter->getType()),
            'default' => $hasDefault ? self::text($parameter->getDefaultValue()) : 'none',
            'default as printed' => self::spelled($printed),
            'default by name' => $hasDefault && $parameter->isDefaultValueConstant()
                ? (string) $parameter->getDefaultValueConstantName()
                : 'none',
            'optional' => self::text($parameter->isOptional()),
            'variadic' => self::text($parameter->isVariadic()),
            'by reference' => self::text($parameter->isPassedByReference()),
            'can be passed by value' => self::text($parameter->canBePassedByValue()),
            'promoted' => self::text($parameter->isPromoted()),
            'attributes' => self::attributes($parameter),
        ];
    }

    /** Makes the spelling of a default the same: PHP code gives NULL, 'pbx1' and \Class::CASE, an extension null, "pbx1" and Class::CASE. */
    private static function spelled(string $default): string
    {
        return match (true) {
            in_array(strtolower($default), ['null', 'true', 'false'], true) => strtolower($default),
            default => str_replace('"', "'", ltrim($default, '\\')),
        };
    }

    private static function type(?\ReflectionType $type): string
    {
        return match (true) {
            $type === null => 'none',
            // A class named `mixed` or `resource` has the same text as the builtin type.
            $type instanceof ReflectionNamedType => $type . ($type->isBuiltin() ? '' : ' (a class)'),
            default => (string) $type,
        };
    }

    private static function modifiers(ReflectionClassConstant|ReflectionProperty|ReflectionMethod $member): string
    {
        $names = \Reflection::getModifierNames($member->getModifiers());
        if ($member instanceof ReflectionProperty) {
            $names = [
                ...$names,
                ...array_filter([
                    $member->isProtectedSet() ? 'protected(set)' : '',
                    $member->isPrivateSet() ? 'private(set)' : '',
                ]),
            ];
        }

        return implode(' ', $names);
    }

    private static function attributes(ReflectionClass|ReflectionClassConstant|ReflectionProperty|ReflectionFunctionAbstract|ReflectionParameter $reflected): string
    {
        return implode(' ', array_map(static fn(ReflectionAttribute $attribute): string => sprintf(
            '#[%s(%s)]',
            $attribute->getName(),
            substr(self::text($attribute->getArguments()), 1, -1),
        ), $reflected->getAttributes()));
    }

    private static function text(mixed $value): string
    {
        if (!is_array($value)) {
            return var_export($value, true);
        }
        $elements = [];
        foreach ($value as $key => $element) {
            $elements[] = (array_is_list($value) ? '' : var_export($key, true) . ' => ') . self::text($element);
        }

        return '[' . implode(', ', $elements) . ']';
    }

    /**
     * @param Facts $facts
     *
     * @return Facts with the name before each fact and each parameter
     */
    private static function named(string $name, array $facts): array
    {
        $named = [];
        foreach ($facts as $fact => $value) {
            $named[$name . (str_starts_with($fact, '$') ? ' ' : ': ') . $fact] = $value;
        }

        return $named;
    }
}
