<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Docs;

use Apn\AmiClient\ClientOptions;
use Apn\AmiClient\ClusterOptions;
use Apn\AmiClient\Exception\InvalidConfigurationException;
use Apn\AmiClient\Live\LiveOptions;
use Apn\AmiClient\ServerConfig;
use Apn\AmiClient\TlsOptions;
use PHPUnit\Framework\Attributes\DataProvider;
use PHPUnit\Framework\TestCase;

/** The tables of docs/configuration.md have the defaults and ranges of the classes. */
final class OptionsTest extends TestCase
{
    /** Values for bounds that depend on each other, so that each bound can be tested alone. */
    private const array BESIDE = [
        'readTimeout' => ['heartbeatInterval' => 0.05],
        'reconnectMinDelay' => ['reconnectMaxDelay' => 86_400.0],
    ];

    /** @return iterable<string, array{class-string}> */
    public static function classes(): iterable
    {
        foreach ([
            ServerConfig::class,
            TlsOptions::class,
            ClientOptions::class,
            ClusterOptions::class,
            LiveOptions::class,
        ] as $class) {
            yield $class => [$class];
        }
    }

    /** @param class-string $class */
    #[DataProvider('classes')]
    public function testATableHasEveryArgumentInItsOrderWithItsDefault(string $class): void
    {
        $expected = [];
        foreach (new \ReflectionMethod($class, '__construct')->getParameters() as $parameter) {
            $expected["`{$parameter->name}`"] = $parameter->isOptional()
                ? self::shown($parameter->getDefaultValue())
                : '';
        }

        self::assertSame($expected, array_column(self::rows($class), 1, 0));
    }

    /** @return iterable<string, array{class-string, string, string}> class, argument, range */
    public static function ranges(): iterable
    {
        foreach ([ClientOptions::class, ClusterOptions::class, LiveOptions::class] as $class) {
            foreach (self::rows($class) as [$name, , $range]) {
                if (preg_match('/\d/', $range) === 1) {
                    yield $name => [$class, trim($name, '`'), $range];
                }
            }
        }
    }

    /** @param class-string $class */
    #[DataProvider('ranges')]
    public function testWhatIsWithinARangeIsTakenAndWhatIsBeyondIsRefused(
        string $class,
        string $name,
        string $range,
    ): void {
        [$least, $most] = explode(' to ', $range);
        foreach ([[(float) $least, -1], [(float) $most, 1]] as [$end, $beyond]) {
            if ($end === 0.0 && $least !== '0') {
                continue;
            }
            self::assertTrue(self::takes($class, $name, $end), "{$name}: {$end}");
            $step = max(1, abs($end) / 100);
            self::assertFalse(self::takes($class, $name, $end + ($beyond * $step)), "{$name}: beyond {$end}");
        }
    }

    /** @param class-string $class */
    private static function takes(string $class, string $name, float $value): bool
    {
        $type = (string) new \ReflectionProperty($class, $name)->getType();
        try {
            $arguments = [...(self::BESIDE[$name] ?? []), $name => $type === 'int' ? (int) $value : $value];
            new \ReflectionClass($class)->newInstance(...$arguments);

            return true;
        } catch (InvalidConfigurationException $error) {
            self::assertStringStartsWith("{$name} is ", $error->getMessage());

            return false;
        }
    }

    /**
     * @param class-string $class
     *
     * @return list<list<string>> cells
     */
    private static function rows(string $class): array
    {
        $name = new \ReflectionClass($class)->getShortName();
        $section = explode("\n## {$name}\n", Page::of('docs/configuration.md')->text)[1] ?? self::fail($name);
        $found = [];
        preg_match_all('/^\| (`.*) \|$/m', explode("\n## ", $section)[0], $found);

        return array_map(static fn(string $row): array => array_map(trim(...), explode('|', $row)), $found[1] ?? []);
    }

    private static function shown(mixed $default): string
    {
        return match (true) {
            $default instanceof \UnitEnum => new \ReflectionClass($default)->getShortName() . "::{$default->name}",
            is_float($default) => sprintf('%.1f', $default),
            default => (string) json_encode($default),
        };
    }
}
