<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Docs;

use Apn\AmiClient\Exception\AmiThrowable;
use PHPUnit\Framework\TestCase;

/** docs/errors-and-retries.md has every exception of the extension. */
final class ExceptionsTest extends TestCase
{
    public function testTheTableNamesWhatCanBeThrown(): void
    {
        $classes = [];
        foreach (new \ReflectionExtension('ami_client')->getClasses() as $class) {
            if ($class->implementsInterface(AmiThrowable::class) && $class->isFinal()) {
                $classes[] = $class->getShortName();
            }
        }
        $named = [];
        preg_match_all('/^\| `(\w+Exception)` \|/m', Page::of('docs/errors-and-retries.md')->text, $named);

        self::assertEqualsCanonicalizing($classes, $named[1] ?? []);
    }
}
