<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Tests\Feature;

use Apn\AmiClient\Laravel\Tests\Support\FakeAsteriskProcess;
use Apn\AmiClient\Laravel\Tests\TestCase;

final class ListenTest extends TestCase
{
    public function testOnceStopsAfterTheFirstEvent(): void
    {
        $asterisk = new FakeAsteriskProcess(1, '--rate', '50');
        config()->set('ami.servers', $asterisk->servers());
        $this
            ->artisan('ami:listen', ['--once' => true, '--json' => true])
            ->expectsOutputToContain('"type":"event"')
            ->assertExitCode(0);
    }
}
