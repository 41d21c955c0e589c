<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Docs;

use Apn\AmiClient\AmiClientManager;
use Apn\AmiClient\GenericAction;
use Apn\AmiClient\Live\Call;
use Apn\AmiClient\Live\LiveOptions;
use Apn\AmiClient\Live\Model;
use Apn\AmiClient\Live\PendingCall;
use Apn\AmiClient\Testing\FakeAsterisk;
use PHPUnit\Framework\Attributes\DataProvider;
use PHPUnit\Framework\TestCase;

require_once __DIR__ . '/../../phpt/live.inc';

/** The table of docs/live.md is right about the results and exceptions of ended(). */
final class LiveOutcomesTest extends TestCase
{
    private FakeAsterisk $fake;
    private AmiClientManager $ami;
    private Model $live;
    private \Phones $phones;

    /** @return array<string, array{string, string}> */
    public static function rows(): array
    {
        $table = explode("\n| what happened | `ended()` |\n", Page::of('docs/live.md')->text)[1] ?? '';
        $rows = [];
        preg_match_all('/^\| ([^|]+) \| `([^`]+)` \|$/m', explode("\n\n", $table)[0], $rows, PREG_SET_ORDER);

        return array_column(array_map(static fn(array $row): array => [$row[1], [$row[1], $row[2]]], $rows), 1, 0);
    }

    public function testTheTableHasEveryCaseThatIsTried(): void
    {
        self::assertSame(array_keys($this->cases()), array_keys(self::rows()));
    }

    #[DataProvider('rows')]
    public function testARowSaysWhatHappens(string $case, string $expected): void
    {
        $this->begin(new LiveOptions(maxChannels: str_starts_with($case, 'a bound') ? 1 : 100));
        $do = $this->cases()[$case] ?? self::fail("nobody tries: {$case}");
        try {
            $call = $do();
            $result = 'Outcome::' . ($call->outcome()?->name ?? 'null');
            self::assertTrue($call->isOver());
            self::assertSame($call->isAnswered(), $call->talkSeconds() > 0.0);
        } catch (\Apn\AmiClient\Exception\AmiThrowable $e) {
            $result = new \ReflectionClass($e)->getShortName();
        }

        self::assertSame($expected, $result);
    }

    /** @return array<string, \Closure(): Call> in the order of the table */
    private function cases(): array
    {
        return [
            'the phone was answered, and hung up' => function (): Call {
                $call = $this->ringing();
                $this->answer($call);
                $this->phones->hangUp($call->channelId);

                return $call->ended();
            },
            'the phone was busy' => fn(): Call => $this->refused('BUSY', 17),
            'the phone rang in vain' => fn(): Call => $this->refused('NOANSWER', 0),
            'the call was rejected, or no circuit was free' => fn(): Call => $this->refused('CONGESTION', 21),
            'the phone could not be reached' => fn(): Call => $this->refused('CHANUNAVAIL', 20),
            'no channel could be made' => function (): Call {
                $this->fake->respond('Originate', static fn(GenericAction $action): array => [
                    'Message' => 'Originate successfully queued',
                    'events' => [['Event' => 'OriginateResponse', 'Response' => 'Failure', 'Reason' => '0']],
                ]);

                return $this->originate()->ended();
            },
            'the call was given up while the phone rang' => fn(): Call => $this->refused('CANCEL', 16),
            'the session was lost, and the call ended before it was back' => function (): Call {
                $call = $this->ringing();
                $this->fake->dropSession('pbx1');
                $this->phones->hangUp($call->channelId);

                return $call->ended();
            },
            'the session was lost, and Asterisk gave no cause when the call ended later' => function (): Call {
                $call = $this->originate();
                $this->phones->channel('PJSIP/alice', '201', id: $call->channelId);
                $this->fake->advance(0.1);
                $this->fake->dropSession('pbx1')->advance(5.0);
                $this->phones->hangUp($call->channelId, 0);

                return $call->ended();
            },
            'the server was removed while the phone rang' => function (): Call {
                $call = $this->ringing();
                $this->ami->removeServer('pbx1');

                return $call->ended();
            },
            'the server was removed while they talked' => function (): Call {
                $call = $this->ringing();
                $this->answer($call);
                $this->ami->removeServer('pbx1');

                return $call->ended();
            },
            'the time given to `ended()` is over: the call goes on' => fn(): Call => $this->ringing()->ended(5.0),
            'the server refused the Originate' => function (): Call {
                $this->fake->respond('Originate', ['Response' => 'Error', 'Message' => 'Extension does not exist.']);

                return $this->originate()->ended();
            },
            'the session was lost before the call was seen: it may be placed' => function (): Call {
                $call = $this->originate();
                $this->fake->advance(0.1);
                $this->fake->dropSession('pbx1');

                return $call->ended();
            },
            'the server was removed before the call was seen: it may be placed' => function (): Call {
                $call = $this->originate();
                $this->fake->advance(0.1);
                $this->ami->removeServer('pbx1');

                return $call->ended();
            },
            'a bound of the model keeps the call out' => function (): Call {
                $this->phones->channel('PJSIP/first', '200');
                $this->fake->respond('Originate', static fn(GenericAction $action): array => [
                    'Message' => 'Originate successfully queued',
                    'events' => [['Event' => 'OriginateResponse', 'Response' => 'Success', 'Reason' => '4']],
                ]);
                $call = $this->originate();
                $this->phones->channel('PJSIP/alice', '201', id: $call->channelId);

                return $call->ended();
            },
            'the server is not Ready: nothing was sent' => function (): Call {
                $this->ami->server('pbx1')->close();

                return $this->originate()->ended();
            },
            'the account may neither list channels nor is told of calls: nothing was sent' => function (): Call {
                $denied = ['Response' => 'Error', 'Message' => 'Permission denied'];
                $this->fake->respond('CoreShowChannels', $denied)->respond('Status', $denied);
                $this->live->resync();
                $this->fake->advance(1.0);

                return $this->originate()->ended();
            },
        ];
    }

    private function begin(LiveOptions $options): void
    {
        $this->fake = new FakeAsterisk();
        $this->phones = new \Phones($this->fake);
        $this->fake->respond('Originate', ['Message' => 'Originate successfully queued']);
        $this->ami = $this->fake->manager();
        $this->ami->connectAll(wait: 5.0);
        $this->live = $this->ami->live($options);
        self::assertTrue($this->live->await(5.0));
    }

    private function originate(): PendingCall
    {
        return $this->live->originate(new GenericAction('Originate', [
            'Channel' => 'PJSIP/alice',
            'Application' => 'Wait',
            'Data' => '100',
        ]), 'pbx1');
    }

    private function ringing(): PendingCall
    {
        $call = $this->originate();
        $id = $this->phones->channel('PJSIP/alice', '201', id: $call->channelId);
        $this->phones->emit('DialBegin', $this->phones->dialled($id));
        $this->phones->state($id, 5);
        $this->fake->advance(1.0);

        return $call;
    }

    private function answer(PendingCall $call): void
    {
        $this->phones->dialEnd($call->channelId, 'ANSWER');
        $this->fake->advance(1.0);
    }

    private function refused(string $status, int $cause): Call
    {
        $call = $this->ringing();
        $this->phones->dialEnd($call->channelId, $status);
        $this->phones->hangUp($call->channelId, $cause);

        return $call->ended();
    }
}
