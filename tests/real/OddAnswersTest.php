<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Real;

use Apn\AmiClient\Actions\Originate;
use Apn\AmiClient\Actions\Ping;
use Apn\AmiClient\Actions\UserEvent;
use Apn\AmiClient\GenericAction;
use PHPUnit\Framework\Attributes\DataProvider;

/** Answers that are neither one response nor a list: each ends its action and leaves the next one alone. */
final class OddAnswersTest extends RealTestCase
{
    #[DataProvider('versions')]
    public function testAConfigurationFileComesAsOneResponse(int $version): void
    {
        $ami = $this->connect($this->asterisk($version));

        $config = $this->ask($ami, 'GetConfig', ['Filename' => 'queues.conf']);
        self::assertSame('general', $config->get('Category-000000'));
        self::assertSame('support', $config->get('Category-000001'));
        self::assertSame('strategy=ringall', $config->get('Line-000001-000000'));
        $json = (string) $this->ask($ami, 'GetConfigJSON', ['Filename' => 'queues.conf'])->get('JSON');
        self::assertSame('ringall', json_decode($json, associative: true)['support']['strategy'] ?? null);
        $categories = $this->ask($ami, 'ListCategories', ['Filename' => 'queues.conf']);
        self::assertSame('sales', $categories->get('Category-000002'));
        $none = $this->ask($ami, 'GetConfig', ['Filename' => 'queues.conf', 'Category' => 'nothing']);
        self::assertNull($none->get('Category-000000'));
        $this->ask($ami, new Ping());
    }

    /** It has no response at all, not even an ActionID. */
    #[DataProvider('versions')]
    public function testAnActionWithoutAResponseEnds(int $version): void
    {
        $ami = $this->connect($this->asterisk($version));

        foreach ([1, 2] as $_) {
            $pending = $ami->send(new GenericAction('IAXnetstats'));
            $ping = $ami->send(new Ping());
            self::assertTrue($ping->await(self::PATIENCE)->success);
            self::assertTrue($pending->await(self::PATIENCE)->success);
        }
    }

    #[DataProvider('versions')]
    public function testAnAnswerWithAnEmptyLineTooManyDisturbsNoOther(int $version): void
    {
        $ami = $this->connect($this->asterisk($version));
        $actions = [new GenericAction('QueueRule'), new GenericAction('ListCommands')];
        if ($version === 16) {
            $actions[] = new GenericAction('SIPshowpeer', ['Peer' => 'trunk']);
            $actions[] = new GenericAction('SIPqualifypeer', ['Peer' => 'trunk']);
        }

        foreach ($actions as $action) {
            $pending = $ami->send($action);
            $ping = $ami->send(new Ping());
            self::assertTrue($pending->await(self::PATIENCE)->success, $action->name);
            self::assertSame('Pong', $ping->await(self::PATIENCE)->get('Ping'), $action->name);
        }
    }

    #[DataProvider('versions')]
    public function testAnEventThatFollowsTheResponseEndsTheAction(int $version): void
    {
        $ami = $this->connect($this->asterisk($version));

        $stats = $this->ask($ami, 'FAXStats');

        self::assertSame('FAXStats event will follow', $stats->getMessage());
        self::assertSame('FAXStats', self::complete($stats)->name);
        self::assertNotNull(self::complete($stats)->int('CurrentSessions'));
    }

    /** The session is silent until the wait is over; the response comes with the end of it. */
    #[DataProvider('versions')]
    public function testAWaitForAnEventEndsWithIt(int $version): void
    {
        $server = $this->asterisk($version);
        $ami = $this->connect($server);
        $other = $this->connect($server);

        $wait = $ami->send(new GenericAction('WaitEvent', ['Timeout' => 10]));
        $ami->tick(50);
        $this->ask($other, new UserEvent('Awaited'));

        self::assertTrue($wait->await(self::PATIENCE)->success);
        self::assertSame('WaitEventComplete', $wait->getResponse()?->getCompleteEvent()?->name);
        $this->ask($ami, new Ping());
    }

    /** A command for a channel that runs AsyncAGI; what it brings comes in an event of its own. */
    #[DataProvider('versions')]
    public function testACommandForAChannelIsQueuedAndItsResultComesAsAnEvent(int $version): void
    {
        $ami = $this->connect($this->asterisk($version));
        $events = Heard::by($ami, 'AsyncAGI*');
        $answer = $this->ask(
            $ami,
            new Originate(channel: 'Local/100@answer', application: 'AGI', data: 'agi:async', async: true),
        );
        $this->tickUntil(
            $ami,
            static fn(): bool => $events->number('AsyncAGIStart') === 1,
            'the channel takes commands',
        );

        $this->ask($ami, 'AGI', [
            'Channel' => (string) $events->first('AsyncAGIStart')->get('Channel'),
            'Command' => 'GET VARIABLE CHANNEL',
            'CommandID' => 'which',
        ]);
        $this->tickUntil($ami, static fn(): bool => $events->number('AsyncAGIExec') === 1, 'the result came');

        $exec = $events->first('AsyncAGIExec');
        self::assertSame('which', $exec->get('CommandID'));
        self::assertSame(
            "200 result=1 ({$events->first('AsyncAGIStart')->get('Channel')})",
            rtrim(urldecode((string) $exec->get('Result'))),
        );
        self::assertTrue($answer->success);
    }
}
