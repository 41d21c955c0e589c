<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Tools;

use PHPUnit\Framework\Attributes\DataProvider;
use PHPUnit\Framework\TestCase;

/** All files have the version of Cargo.toml. */
final class VersionTest extends TestCase
{
    private const string ROOT = __DIR__ . '/../../..';

    /** @return iterable<string, array{string, string}> */
    public static function constraints(): iterable
    {
        yield 'the Laravel adapter wants the library' => ['laravel-adapter/composer.json', 'apn/ami-client'];
    }

    #[DataProvider('constraints')]
    public function testAPackageWantsTheOthersOfItsOwnVersion(string $file, string $package): void
    {
        $require = json_decode(self::read($file), true, flags: JSON_THROW_ON_ERROR)['require'];

        self::assertSame('^' . implode('.', array_slice(explode('.', self::version()), 0, 2)), $require[$package]);
    }

    /** The library does not require the extension, since much works without it, but conflicts with other versions of it. */
    public function testTheLibraryTakesNoExtensionOfAnotherVersion(): void
    {
        $conflict = json_decode(self::read('composer.json'), true, flags: JSON_THROW_ON_ERROR)['conflict'];
        [$major, $minor] = explode('.', self::version());

        self::assertSame(
            sprintf('<%1$d.%2$d || >=%1$d.%3$d', $major, $minor, (int) $minor + 1),
            $conflict['ext-ami_client'],
        );
    }

    public function testTheExtensionLoadedIsOfThisVersion(): void
    {
        self::assertSame(self::version(), phpversion('ami_client'));
    }

    private static function version(): string
    {
        self::assertSame(1, preg_match('/^version = "(.+)"$/m', self::read('Cargo.toml'), $match));

        return $match[1];
    }

    private static function read(string $file): string
    {
        return (string) file_get_contents(self::ROOT . "/{$file}");
    }
}
