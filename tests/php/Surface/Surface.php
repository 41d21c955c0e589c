<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Surface;

use ReflectionAttribute;
use ReflectionClass;
use ReflectionClassConstant;
use ReflectionEnum;
use ReflectionEnumBackedCase;
use ReflectionExtension;
use ReflectionMethod;
use ReflectionParameter;
use ReflectionProperty;
use Reflector;

/**
 * What Reflection says of classes, as plain arrays: the same for a class of C and for the same class in PHP.
 */
final class Surface
{
    /** @var null|array<string, array<string, mixed>> */
    private static ?array $stub = null;

    /** @return array<string, array<string, mixed>> the classes that the extension has */
    public static function ofExtension(): array
    {
        return self::of(array_values(new ReflectionExtension('ami_client')->getClassNames()));
    }

    /** @return array<string, array<string, mixed>> the classes that the stub declares, in a process without the extension */
    public static function ofStub(): array
    {
        return self::$stub ??= self::askAnotherPhp();
    }

    /** @return array<string, array<string, mixed>> */
    private static function askAnotherPhp(): array
    {
        $command = [PHP_BINARY, '-n', __DIR__ . '/describe.php', dirname(__DIR__, 3) . '/stubs/ami_client.stub.php'];
        $process = proc_open($command, [1 => ['pipe', 'w'], 2 => STDERR], $pipes);
        /** @var array<string, array<string, mixed>> $surface */
        $surface = unserialize((string) stream_get_contents($pipes[1]), ['allowed_classes' => false]);
        proc_close($process);

        return $surface;
    }

    /**
     * @param list<class-string> $classes
     *
     * @return array<string, array<string, mixed>>
     */
    public static function of(array $classes): array
    {
        $surface = [];
        foreach ($classes as $class) {
            $surface[$class] = self::ofClass(new ReflectionClass($class));
        }
        ksort($surface);

        return $surface;
    }

    /**
     * @param ReflectionClass<object> $class
     *
     * @return array<string, mixed>
     */
    private static function ofClass(ReflectionClass $class): array
    {
        $own = static fn(ReflectionMethod|ReflectionProperty|ReflectionClassConstant $member): bool => (
            $member->getDeclaringClass()->name === $class->name
        );
        $interfaces = $class->getInterfaceNames();
        sort($interfaces);

        return [
            'kind' => match (true) {
                $class->isEnum() => 'enum ' . new ReflectionEnum($class->name)->getBackingType(),
                $class->isInterface() => 'interface',
                default => 'class',
            },
            // No class can extend an enum; of those in C, Reflection does not say so.
            'final' => $class->isFinal() || $class->isEnum(),
            'abstract' => $class->isAbstract(),
            'readonly' => $class->isReadOnly(),
            'parent' => $class->getParentClass() ? $class->getParentClass()->name : null,
            'interfaces' => $interfaces,
            'attributes' => self::attributes($class),
            'constants' => self::each(array_filter($class->getReflectionConstants(), $own), self::ofConstant(...)),
            'properties' => self::each(array_filter($class->getProperties(), $own), self::ofProperty(...)),
            'methods' => self::each(array_filter($class->getMethods(), $own), self::ofMethod(...)),
        ];
    }

    /** @return array<string, mixed> */
    private static function ofConstant(ReflectionClassConstant $constant): array
    {
        $case = $constant->isEnumCase()
            ? new ReflectionEnumBackedCase($constant->class, $constant->name)->getBackingValue()
            : null;

        return [
            'case' => $constant->isEnumCase(),
            'final' => $constant->isFinal(),
            'modifiers' => $constant->getModifiers(),
            'type' => (string) $constant->getType(),
            'value' => $constant->isEnumCase() ? $case : $constant->getValue(),
        ];
    }

    /** @return array<string, mixed> */
    private static function ofProperty(ReflectionProperty $property): array
    {
        return [
            'type' => (string) $property->getType(),
            'modifiers' => $property->getModifiers(),
            'default' => $property->hasDefaultValue() ? var_export($property->getDefaultValue(), true) : null,
        ];
    }

    /** @return array<string, mixed> */
    private static function ofMethod(ReflectionMethod $method): array
    {
        return [
            'modifiers' => $method->getModifiers(),
            'returns' => (string) $method->getReturnType(),
            'tentatively' => (string) $method->getTentativeReturnType(),
            'by reference' => $method->returnsReference(),
            'deprecated' => $method->isDeprecated(),
            'attributes' => self::attributes($method),
            'required' => $method->getNumberOfRequiredParameters(),
            'parameters' => self::each($method->getParameters(), self::ofParameter(...)),
        ];
    }

    /** @return array<string, mixed> */
    private static function ofParameter(ReflectionParameter $parameter): array
    {
        return [
            'position' => $parameter->getPosition(),
            'type' => (string) $parameter->getType(),
            'default' => $parameter->isDefaultValueAvailable() ? var_export($parameter->getDefaultValue(), true) : null,
            'optional' => $parameter->isOptional(),
            'variadic' => $parameter->isVariadic(),
            'by reference' => $parameter->isPassedByReference(),
            'attributes' => self::attributes($parameter),
        ];
    }

    /**
     * @param ReflectionClass<object>|ReflectionMethod|ReflectionParameter $reflected
     *
     * @return list<array{string, array<array-key, mixed>}>
     */
    private static function attributes(Reflector $reflected): array
    {
        return array_values(array_map(static fn(ReflectionAttribute $attribute): array => [
            $attribute->getName(),
            $attribute->getArguments(),
        ], $reflected->getAttributes()));
    }

    /**
     * By name, in the order of declaration.
     *
     * @template T of Reflector
     *
     * @param array<array-key, T> $members
     * @param callable(T): array<string, mixed> $describe
     *
     * @return array<string, array<string, mixed>>
     */
    private static function each(array $members, callable $describe): array
    {
        $described = [];
        foreach ($members as $member) {
            $described[$member->name] = $describe($member);
        }

        return $described;
    }
}
