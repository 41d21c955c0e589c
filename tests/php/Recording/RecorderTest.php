<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Recording;

use Apn\AmiClient\Actions\CoreShowChannels;
use Apn\AmiClient\Actions\Setvar;
use Apn\AmiClient\AmiClientManager;
use Apn\AmiClient\AmiEvent;
use Apn\AmiClient\Exception\ActionErrorResponseException;
use Apn\AmiClient\Recording\Recorder;
use Apn\AmiClient\Recording\Replay;
use Apn\AmiClient\Testing\FakeAsterisk;
use PHPUnit\Framework\TestCase;

final class RecorderTest extends TestCase
{
    private string $file;
    private FakeAsterisk $fake;
    private AmiClientManager $manager;

    protected function setUp(): void
    {
        $this->file = sys_get_temp_dir() . '/recording-' . bin2hex(random_bytes(8)) . '.jsonl';
        $this->fake = new FakeAsterisk(['pbx1']);
        $this->manager = $this->fake->manager();
        $this->manager->connectAll(wait: 1.0);
    }

    protected function tearDown(): void
    {
        is_file($this->file) && unlink($this->file);
    }

    public function testWhatWasRecordedIsPlayedBack(): void
    {
        $this->fake->respond('CoreShowChannels', [
            'Response' => 'Success',
            'EventList' => 'start',
            'events' => [
                ['Event' => 'CoreShowChannel', 'Channel' => 'PJSIP/alice-1'],
                ['Event' => 'CoreShowChannelsComplete', 'EventList' => 'Complete', 'ListItems' => '1'],
            ],
        ]);
        $recorder = new Recorder($this->manager, $this->file);
        $this->fake->emit('pbx1', 'Hangup', ['Channel' => 'PJSIP/alice-1', 'Cause' => '16']);
        $recorder->send(new CoreShowChannels())->await();
        $this->fake->emit('pbx1', 'UserEvent', ['UserEvent' => 'Last', 'Tag' => ['a', 'b']]);
        $this->manager->tick();
        $recorder->stop();

        $fake = new FakeAsterisk(['pbx1']);
        $manager = $fake->manager();
        $manager->connectAll(wait: 1.0);
        $events = [];
        $manager->onEvent('*', static function (AmiEvent $event) use (&$events): void {
            $events[] = $event;
        });
        $replay = new Replay($this->file);
        $replay->answer($fake);
        $answer = $manager->send(new CoreShowChannels())->await();
        while ($replay->step($fake)) {
            $manager->tick();
        }

        self::assertSame('PJSIP/alice-1', $answer->getEvents()[0]->get('Channel'));
        self::assertSame('1', $answer->getCompleteEvent()?->get('ListItems'));
        self::assertSame(
            ['Hangup', 'UserEvent'],
            array_map(static fn(AmiEvent $event): string => $event->name, $events),
        );
        self::assertSame('16', $events[0]->get('Cause'));
        self::assertSame(['a', 'b'], $events[1]->all('Tag'));
    }

    public function testNoSecretReachesTheFile(): void
    {
        $recorder = new Recorder($this->manager, $this->file, redactionKeys: ['card_*']);
        $this->fake->emit('pbx1', 'VarSet', ['Variable' => 'CARD_NUMBER', 'Value' => '4111']);
        $this->fake->emit('pbx1', 'AuthDetail', ['Username' => 'alice', 'Password' => 's3cret']);
        $recorder->send(new Setvar('CARD_NUMBER', '4111'))->await();
        $this->manager->tick();
        $recorder->stop();

        $text = (string) file_get_contents($this->file);
        self::assertStringContainsString('alice', $text);
        self::assertStringContainsString('Setvar', $text);
        self::assertStringNotContainsString('4111', $text);
        self::assertStringNotContainsString('s3cret', $text);
        self::assertSame(0o600, fileperms($this->file) & 0o777);
    }

    public function testARefusalIsPlayedBackAsARefusal(): void
    {
        $this->fake->respond('CoreShowChannels', ['Response' => 'Error', 'Message' => 'Permission denied']);
        $recorder = new Recorder($this->manager, $this->file);
        try {
            $recorder->send(new CoreShowChannels())->await();
            self::fail('it was refused');
        } catch (ActionErrorResponseException) {
            $recorder->stop();
        }
        $fake = new FakeAsterisk(['pbx1']);
        $fake->manager()->connectAll(wait: 1.0);
        new Replay($this->file)->answer($fake);

        $this->expectException(ActionErrorResponseException::class);
        $this->expectExceptionMessage('Permission denied');
        $fake->manager()->send(new CoreShowChannels())->await();
    }

    public function testAtTheBoundOfTheFileTheRecordingEndsAndTheFileStaysWhole(): void
    {
        $recorder = new Recorder($this->manager, $this->file, bytesMax: 400);
        for ($count = 1; $count <= 20; ++$count) {
            $this->fake->emit('pbx1', 'UserEvent', ['UserEvent' => 'Tick', 'Count' => (string) $count]);
        }
        $this->manager->tick();

        self::assertFalse($recorder->isRecording());
        self::assertLessThanOrEqual(400, filesize($this->file));
        self::assertStringEndsWith("\n", (string) file_get_contents($this->file));
        $steps = 0;
        $replay = new Replay($this->file);
        while ($replay->step($this->fake)) {
            ++$steps;
        }
        self::assertGreaterThan(0, $steps);
    }

    public function testAnExistingFileIsNotOverwritten(): void
    {
        file_put_contents($this->file, 'mine');
        $this->expectException(\RuntimeException::class);
        $this->expectExceptionMessage($this->file);

        new Recorder($this->manager, $this->file);
    }

    public function testAFileThatIsNoRecordingIsRefusedWithItsLine(): void
    {
        file_put_contents(
            $this->file,
            "{\"format\":\"ami-recording\",\"version\":1}\n{\"at\":1,\"server\":\"pbx1\",\"event\":[[\"Event\"]]}\n",
        );
        $this->expectException(\UnexpectedValueException::class);
        $this->expectExceptionMessage("{$this->file}:2");

        new Replay($this->file)->step($this->fake);
    }
}
