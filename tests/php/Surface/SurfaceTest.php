<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Surface;

use PHPUnit\Framework\Attributes\DataProvider;
use PHPUnit\Framework\TestCase;
use ReflectionExtension;

/** The stub is what IDEs and analysers read; what it says of the extension is true, and is all of it. */
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
        self::assertSame(Surface::ofStub()[$class], Surface::ofExtension()[$class]);
    }

    public function testTheExtensionHasNothingButClasses(): void
    {
        $extension = new ReflectionExtension('ami_client');

        self::assertSame([[], [], []], [
            $extension->getFunctions(),
            $extension->getConstants(),
            $extension->getINIEntries(),
        ]);
    }

    public function testSecretsAreSensitiveParameters(): void
    {
        $sensitive = [];
        foreach (Surface::ofExtension() as $class => ['methods' => $methods]) {
            foreach ($methods as $method => ['parameters' => $parameters]) {
                foreach ($parameters as $parameter => ['attributes' => $attributes]) {
                    if ($attributes === [['SensitiveParameter', []]]) {
                        $sensitive[] = "{$class}::{$method}(\${$parameter})";
                    }
                }
            }
        }

        self::assertSame(
            [
                'Apn\AmiClient\AmiClientManager::fromConfig($config)',
                'Apn\AmiClient\ServerConfig::__construct($secret)',
                'Apn\AmiClient\ServerConfig::fromArray($config)',
            ],
            $sensitive,
        );
    }
}
