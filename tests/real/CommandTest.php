<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Real;

use PHPUnit\Framework\Attributes\DataProvider;

final class CommandTest extends RealTestCase
{
    #[DataProvider('versions')]
    public function testTheOutputOfACommandComesAsText(int $version): void
    {
        $ami = $this->connect($this->asterisk($version));

        $response = $this->ask($ami, 'Command', ['Command' => 'core show version']);

        self::assertTrue($response->success);
        self::assertStringStartsWith("Asterisk {$version}.", (string) $response->getOutput());
    }
}
