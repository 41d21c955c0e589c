<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Real;

use Apn\AmiClient\Actions\Originate;
use Apn\AmiClient\AmiEvent;
use PHPUnit\Framework\Attributes\DataProvider;

final class OriginateTest extends RealTestCase
{
    #[DataProvider('versions')]
    public function testACallIsAnsweredAndHungUp(int $version): void
    {
        $ami = $this->connect($this->asterisk($version));
        $hungUp = [];
        $ami->onEvent('Hangup', static function (AmiEvent $event) use (&$hungUp): void {
            $hungUp[] = $event->get('Uniqueid');
        });
        $originate = new Originate(
            channel: 'Local/100@answer',
            exten: '200',
            context: 'answer',
            priority: 1,
            async: true,
        );

        $response = $this->ask($ami, $originate);

        $answered = self::complete($response);
        self::assertSame('OriginateResponse', $answered->name);
        self::assertSame('Success', $answered->get('Response'));
        self::assertSame($originate->channelId, $answered->get('Uniqueid'));

        $this->ask($ami, 'Hangup', ['Channel' => (string) $answered->get('Channel')]);
        $this->tickUntil(
            $ami,
            static function () use (&$hungUp, $originate): bool {
                return \in_array($originate->channelId, $hungUp, true);
            },
            'the channel was hung up',
        );
        self::assertNotContains(null, $hungUp);
    }
}
