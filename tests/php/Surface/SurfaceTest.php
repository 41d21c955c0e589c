<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Surface;

use PHPUnit\Framework\Attributes\DataProvider;
use PHPUnit\Framework\TestCase;
use ReflectionExtension;

/** The stub declares exactly the classes of the extension. */
final class SurfaceTest extends TestCase
{
    public function testTheStubDeclaresTheClassesOfTheExtensionAndNoOther(): void
    {
        $stub = array_keys(Surface::ofStub());

        self::assertContains('Apn\AmiClient\AmiClientManager', $stub);
        self::assertSame($stub, array_keys(Surface::ofExtension()));
    }

    /** @return iterable<string, array{string}> */
    public static function classes(): iterable
    {
        foreach (array_keys(Surface::ofExtension()) as $class) {
            yield $class => [$class];
        }
    }

    #[DataProvider('classes')]
    public function testAClassIsWhatItsStubSays(string $class): void
    {
        self::assertSame(
            [],
            Surface::differences([$class => Surface::ofStub()[$class] ?? []], [
                $class => Surface::ofExtension()[$class],
            ]),
        );
    }

    public function testTheExtensionHasNothingButClasses(): void
    {
        self::assertSame([], Surface::ofExtension()[Surface::MODULE]);
        self::assertSame([], new ReflectionExtension('ami_client')->getINIEntries());
    }

    public function testSecretsAreSensitiveParameters(): void
    {
        $sensitive = [];
        foreach (Surface::ofExtension() as $class => $facts) {
            foreach (array_keys($facts, '#[SensitiveParameter()]', true) as $fact) {
                $sensitive[] = "$class, $fact";
            }
        }

        self::assertSame(
            [
                'Apn\AmiClient\AmiClientManager, method fromConfig() $config: attributes',
                'Apn\AmiClient\ServerConfig, method __construct() $secret: attributes',
                'Apn\AmiClient\ServerConfig, method fromArray() $config: attributes',
            ],
            $sensitive,
        );
    }

    /**
     * A text of the stub, a wrong text to replace it, and the difference that the comparison must report.
     *
     * @return iterable<string, array{string, string, string}>
     */
    public static function untruths(): iterable
    {
        yield 'default' => [
            'int $port = 5038,',
            'int $port = 5039,',
            'ServerConfig, method __construct() $port: default: the stub has 5039, the extension 5038',
        ];
        yield 'default of another case' => [
            'AuthMethod $auth = AuthMethod::Auto',
            'AuthMethod $auth = AuthMethod::Md5',
            'ServerConfig, method __construct() $auth: default by name: the stub has Apn\AmiClient\AuthMethod::Md5, '
                . 'the extension Apn\AmiClient\AuthMethod::Auto',
        ];
        yield 'default that is an array' => [
            'array $protectedEvents = ["Hangup", ',
            'array $protectedEvents = ["a" => 1, ',
            "ClientOptions, method __construct() \$protectedEvents: default: the stub has ['a' => 1, 0 => 'OriginateResponse'], "
                . "the extension ['Hangup', 'OriginateResponse']",
        ];
        yield 'no default' => [
            'float $grace = 0.5',
            'float $grace',
            'AmiClient, method close() $grace: optional: the stub has false, the extension true',
        ];
        yield 'type of a parameter' => [
            '?string $username = null,',
            'string|int|null $username = null,',
            'ServerConfig, method __construct() $username: type: the stub has string|int|null, the extension ?string',
        ];
        yield 'name of a parameter' => [
            'public function __construct(string $pattern)',
            'public function __construct(string $text)',
            'Glob, method __construct(): parameters in order: the stub has text, the extension pattern',
        ];
        yield 'parameter by reference' => [
            'bool $verifyPeer = true,',
            'bool &$verifyPeer = true,',
            'TlsOptions, method __construct() $verifyPeer: by reference: the stub has true, the extension false',
        ];
        yield 'variadic parameter' => [
            'public function __construct(array $servers = [])',
            'public function __construct(array ...$servers)',
            'ServerRegistry, method __construct() $servers: variadic: the stub has true, the extension false',
        ];
        yield 'attribute of a parameter' => [
            '#[\SensitiveParameter] ?string $secret',
            '?string $secret',
            'ServerConfig, method __construct() $secret: attributes: the stub has , the extension #[SensitiveParameter()]',
        ];
        yield 'attribute with an argument' => [
            'public function isActive()',
            '#[\Deprecated("now")] public function isActive()',
            "Subscription, method isActive(): attributes: the stub has #[Deprecated('now')], the extension ",
        ];
        yield 'attribute of a class' => [
            'final class Subscription',
            '#[\AllowDynamicProperties] final class Subscription',
            'Subscription, attributes: the stub has #[AllowDynamicProperties()], the extension ',
        ];
        yield 'value of a constant' => [
            'MAX_TICK_TIMEOUT_MS = 60000',
            'MAX_TICK_TIMEOUT_MS = 6000',
            'AmiClientManager, constant MAX_TICK_TIMEOUT_MS: value: the stub has 6000, the extension 60000',
        ];
        yield 'type of a constant' => [
            'const int MAX_TICK',
            'const MAX_TICK',
            'AmiClientManager, constant MAX_TICK_TIMEOUT_MS: type: the stub has none, the extension int',
        ];
        yield 'visibility of a constant' => [
            'public const int MAX_TICK',
            'final protected const int MAX_TICK',
            'AmiClientManager, constant MAX_TICK_TIMEOUT_MS: modifiers: the stub has final protected, the extension public',
        ];
        yield 'value of a case' => [
            'case HalfOpen = "half_open"',
            'case HalfOpen = "half"',
            "CircuitState, constant HalfOpen: value: the stub has 'half', the extension 'half_open'",
        ];
        yield 'order of cases' => [
            'case Oldest = "oldest";',
            'case Last = "last"; case Oldest = "oldest";',
            'DropPolicy, constants in order: the stub has Last, Oldest, Newest, the extension Oldest, Newest',
        ];
        yield 'type of a property' => [
            'public ?float $lastPingSeconds;',
            'public float $lastPingSeconds;',
            'ServerHealth, property $lastPingSeconds: type: the stub has float, the extension ?float',
        ];
        yield 'default of a property' => [
            'public readonly bool $partial;',
            'public bool $partial = false;',
            'Response, property $partial: default: the stub has false, the extension none',
        ];
        yield 'who may write a property' => [
            'public readonly bool $partial;',
            'public private(set) bool $partial;',
            'Response, property $partial: modifiers: the stub has final public private(set), the extension public readonly protected(set)',
        ];
        yield 'static property' => [
            'public readonly bool $partial;',
            'public static bool $partial;',
            'Response, property $partial: modifiers: the stub has public static, the extension public readonly protected(set)',
        ];
        yield 'static method' => [
            'public static function fromArray(array $options): ClusterOptions',
            'final protected function fromArray(array $options): ClusterOptions',
            'ClusterOptions, method fromArray(): modifiers: the stub has final protected, the extension public static',
        ];
        yield 'type that a method returns' => [
            'public function nextDeadlineMs(): ?int {}',
            'public function nextDeadlineMs(): int {}',
            'AmiClientManager, method nextDeadlineMs(): returns: the stub has int, the extension ?int',
        ];
        yield 'method less' => [
            'public function isActive(): bool {}',
            '',
            'Subscription, method isActive(): modifiers: the stub has nothing, the extension public',
        ];
        yield 'class that is not final' => [
            'final readonly class Glob',
            'readonly class Glob',
            'Glob, final: the stub has false, the extension true',
        ];
        yield 'class that is not readonly' => [
            'final readonly class Glob',
            'final class Glob',
            'Glob, readonly: the stub has false, the extension true',
        ];
        yield 'class that is not abstract' => [
            'abstract class AmiException',
            'class AmiException',
            'Exception\AmiException, abstract: the stub has false, the extension true',
        ];
        yield 'interface less' => [
            'ServerHealth implements \JsonSerializable',
            'ServerHealth',
            'ServerHealth, interfaces: the stub has , the extension JsonSerializable',
        ];
        yield 'another parent' => [
            'ReentrantTickException extends \LogicException',
            'ReentrantTickException extends \DomainException',
            'Exception\ReentrantTickException, parent: the stub has DomainException, the extension LogicException',
        ];
        yield 'method that is inherited' => [
            'final class BackpressureException extends AmiException {}',
            'final class BackpressureException extends AmiException { public function isRetrySafe(): bool {} }',
            'Exception\BackpressureException, method isRetrySafe(): inherited: the stub has nothing, '
                . 'the extension Apn\AmiClient\Exception\AmiException',
        ];
        yield 'class more' => [
            'final readonly class Glob',
            'final class Globe {} final readonly class Glob',
            'Globe, kind: the stub has class, the extension nothing',
        ];
    }

    /** Without this test, a comparison that misses an aspect would pass. */
    #[DataProvider('untruths')]
    public function testWhatAStubSaysFalselyIsNamed(string $text, string $untruth, string $difference): void
    {
        $stub = (string) file_get_contents(Surface::STUB);
        self::assertStringContainsString($text, $stub);
        $file = (string) tempnam(sys_get_temp_dir(), 'stub');
        try {
            file_put_contents($file, str_replace($text, $untruth, $stub));
            $differences = Surface::differences(Surface::ofStub($file), Surface::ofExtension());
        } finally {
            unlink($file);
        }

        self::assertContains("Apn\\AmiClient\\$difference", $differences);
    }

    public function testAFunctionOrAConstantOfTheStubIsNamed(): void
    {
        $file = (string) tempnam(sys_get_temp_dir(), 'stub');
        try {
            file_put_contents($file, '<?php const AMI_MORE = 1; function ami_more(int $number) {}');
            $module = Surface::ofStub($file)[Surface::MODULE];
        } finally {
            unlink($file);
        }

        self::assertSame(['1', 'int'], [$module['AMI_MORE'], $module['function ami_more() $number: type']]);
    }
}
