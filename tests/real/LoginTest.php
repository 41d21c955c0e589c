<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Real;

use Apn\AmiClient\CircuitState;
use Apn\AmiClient\DisconnectReason;
use PHPUnit\Framework\Attributes\DataProvider;

final class LoginTest extends RealTestCase
{
    #[DataProvider('versions')]
    public function testAWrongSecretIsRefused(int $version): void
    {
        $ami = $this->manager([self::config($this->asterisk($version), secret: 'wrong')]);

        self::assertSame(['pbx' => DisconnectReason::AuthFailed], $ami->connectAll(wait: self::PATIENCE));
        self::assertSame(CircuitState::Open, $ami->health()['pbx']->circuit);
    }
}
