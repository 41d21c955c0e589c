<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Actions;

use Apn\AmiClient\Action;
use Apn\AmiClient\Actions\AocUnit;
use Apn\AmiClient\Actions\ConfigChange;
use Apn\AmiClient\Tests\WireServer;
use Apn\AmiClient\Tools\ActionFile;
use Apn\AmiClient\Tools\ActionSpec;
use Apn\AmiClient\Tools\ParameterSpec;
use PHPUnit\Framework\Attributes\DataProvider;
use PHPUnit\Framework\TestCase;

/** Checks every action class against the table from which it is generated. */
final class EveryActionTest extends TestCase
{
    private static ?WireServer $wire = null;

    /** @return iterable<string, array{ActionSpec}> */
    public static function actions(): iterable
    {
        foreach (self::table() as $action) {
            if ($action->hasClass()) {
                yield $action->name => [$action];
            }
        }
    }

    public function testTheTableHasAllDocumentedActionsAndTheClientsOwnHaveNoClass(): void
    {
        self::assertCount(169, self::table());
        self::assertCount(167, iterator_to_array(self::actions()));
        self::assertFalse(class_exists('Apn\AmiClient\Actions\Login'));
        self::assertFalse(class_exists('Apn\AmiClient\Actions\Challenge'));
    }

    #[DataProvider('actions')]
    public function testItIsAFinalReadonlyActionWithPublicArguments(ActionSpec $spec): void
    {
        $class = new \ReflectionClass(self::className($spec));

        self::assertTrue($class->isFinal() && $class->isReadOnly());
        self::assertTrue($class->implementsInterface(Action::class));
        $names = array_map(
            static fn(\ReflectionParameter $p): string => $p->name,
            $class->getConstructor()?->getParameters() ?? [],
        );
        self::assertSame(array_map(static fn(ParameterSpec $p): string => $p->name(), $spec->arguments()), $names);
        foreach ($names as $name) {
            self::assertTrue($class->getProperty($name)->isPublic(), $name);
        }
    }

    #[DataProvider('actions')]
    public function testWithItsRequiredArgumentsItSendsNothingElse(ActionSpec $spec): void
    {
        $required = array_filter($spec->arguments(), static fn(ParameterSpec $p): bool => $p->required);
        $action = self::make($spec, $required);
        $sent = array_filter(
            $spec->parameters,
            static fn(ParameterSpec $p): bool => $p->required || $p->isFixed() || $p->kind === 'channelid',
        );

        self::assertSame($spec->name, $action->getName());
        self::assertSame(
            array_values(array_map(static fn(ParameterSpec $p): string => $p->header, $sent)),
            array_keys($action->getParameters()),
        );
    }

    #[DataProvider('actions')]
    public function testWithAllArgumentsItSendsEveryHeaderInTheFormThatAsteriskReads(ActionSpec $spec): void
    {
        $action = self::make($spec, $spec->arguments());
        $expected = [];
        foreach ($spec->parameters as $parameter) {
            $expected += self::headers($parameter);
        }

        self::assertSame($expected, $action->getParameters());
        self::assertNull($action->getCompletionStrategy());
        self::assertEquals($action, unserialize(serialize($action)));
        self::assertArrayNotHasKey('ActionID', $expected);
    }

    #[DataProvider('actions')]
    public function testItsBytesAreALineForEveryValue(ActionSpec $spec): void
    {
        $action = self::make($spec, $spec->arguments());
        if ($spec->name === 'Logoff') {
            self::assertSame([], $action->getParameters(), 'it would end the session');

            return;
        }

        $wire = self::wire();
        $pending = $wire->manager->send($action);

        self::assertSame(self::lines($action->getParameters()), $wire->linesOf($pending));
    }

    public static function tearDownAfterClass(): void
    {
        self::$wire?->close();
        self::$wire = null;
    }

    private static function wire(): WireServer
    {
        return self::$wire ??= new WireServer();
    }

    /** @return list<ActionSpec> */
    private static function table(): array
    {
        return ActionFile::read(dirname(__DIR__, 3) . '/tools/data/actions.txt')->actions;
    }

    /** @return class-string<Action> */
    private static function className(ActionSpec $spec): string
    {
        $class = "Apn\\AmiClient\\Actions\\{$spec->name}";
        self::assertTrue(is_a($class, Action::class, allow_string: true), $class);

        return $class;
    }

    /** @param array<ParameterSpec> $arguments */
    private static function make(ActionSpec $spec, array $arguments): Action
    {
        $values = [];
        foreach ($arguments as $argument) {
            $values[$argument->name()] = self::value($argument);
        }

        return new \ReflectionClass(self::className($spec))->newInstance(...$values);
    }

    private static function value(ParameterSpec $parameter): mixed
    {
        return match ($parameter->kind) {
            'int', 'int|string' => 7,
            'number' => 1.5,
            'bool', 'bool|string' => true,
            'enum' => ("Apn\\AmiClient\\Actions\\Enum\\{$parameter->enum()}")::cases()[1],
            'list' => ['a', 'b'],
            'variables' => ['NAME' => 'a,b'],
            'headers' => ['Header' => 'text'],
            'changes' => [ConfigChange::deleteCategory('general')],
            'units' => [new AocUnit(3, 1)],
            default => "some {$parameter->name()}",
        };
    }

    /** @return array<string, mixed> */
    private static function headers(ParameterSpec $parameter): array
    {
        $value = self::value($parameter);

        return match ($parameter->kind) {
            'fixed' => [$parameter->header => $parameter->default],
            'bool', 'bool|string' => [$parameter->header => explode('/', $parameter->detail)[0]],
            'enum' => [$parameter->header => $value instanceof \BackedEnum ? $value->value : null],
            'list' => [$parameter->header => 'a,b'],
            'headers' => ['Header' => 'text'],
            'changes' => ['Action-000000' => 'DelCat', 'Cat-000000' => 'general'],
            'units' => ['UnitAmount(0)' => 3, 'UnitType(0)' => 1],
            default => [$parameter->header => $value],
        };
    }

    /**
     * @param array<string, mixed> $parameters
     *
     * @return string as on the wire
     */
    private static function lines(array $parameters): string
    {
        $lines = '';
        foreach ($parameters as $header => $values) {
            foreach (is_array($values) ? $values : [$values] as $name => $value) {
                $text = is_scalar($value) ? (string) $value : self::fail("{$header} is no text");
                // The client escapes the values of a map.
                $lines .= "{$header}: " . (is_string($name) ? "{$name}=" . addcslashes($text, '\\",') : $text) . "\r\n";
            }
        }

        return $lines;
    }
}
