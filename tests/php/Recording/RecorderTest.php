<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Recording;

use Apn\AmiClient\Actions\CoreShowChannels;
use Apn\AmiClient\Actions\Setvar;
use Apn\AmiClient\Exception\ActionErrorResponseException;
use Apn\AmiClient\Recording\Answer;
use Apn\AmiClient\Recording\Entry;
use Apn\AmiClient\Recording\Recorder;
use Apn\AmiClient\Recording\RecordingFile;
use Apn\AmiClient\Tests\WireServer;
use PHPUnit\Framework\TestCase;

final class RecorderTest extends TestCase
{
    private string $file;

    protected function setUp(): void
    {
        $this->file = sys_get_temp_dir() . '/recording-' . bin2hex(random_bytes(8)) . '.jsonl';
    }

    protected function tearDown(): void
    {
        is_file($this->file) && unlink($this->file);
    }

    public function testEventsAndAnsweredActionsAreReadBackInTheirOrder(): void
    {
        $answer = Answer::ofJson([
            'action' => [['Action', 'CoreShowChannels']],
            'answer' => [
                ['Response',  'Success'],
                ['EventList', 'start'],
            ],
            'events' => [[
                ['Event',   'CoreShowChannel'],
                ['Channel', 'PJSIP/alice-1'],
            ]],
            'complete' => [
                ['Event',     'CoreShowChannelsComplete'],
                ['EventList', 'Complete'],
                ['ListItems', '1'],
            ],
        ]);
        self::assertNotNull($answer);
        $wire = new WireServer(['coreshowchannels' => [$answer]]);
        $recorder = new Recorder($wire->manager, $this->file);
        $wire->emit([
            ['Event',   'Hangup'],
            ['Channel', 'PJSIP/alice-1'],
        ]);
        $wire->answerTo($recorder->send(new CoreShowChannels()));
        $wire->emit([
            ['Event', 'UserEvent'],
            ['Tag',   'a'],
            ['Tag',   'b'],
        ]);
        $recorder->stop();
        $wire->emit([['Event', 'Hangup'], ['Channel', 'after']]);
        $wire->close();

        [$hangup, $list, $user] = $this->entries();
        self::assertSame('PJSIP/alice-1', $hangup->event?->first('Channel'));
        self::assertEquals($answer, $list->answer);
        self::assertSame(
            [
                ['Event', 'UserEvent'],
                ['Tag',   'a'],
                ['Tag',   'b'],
            ],
            $user->event?->pairs,
        );
        self::assertSame('pbx1', $user->server);
        self::assertGreaterThan($hangup->at, $user->at);
    }

    public function testNoSecretReachesTheFile(): void
    {
        $wire = new WireServer();
        $recorder = new Recorder($wire->manager, $this->file, redactionKeys: ['card_*']);
        $wire->emit([
            ['Event',    'VarSet'],
            ['Variable', 'CARD_NUMBER'],
            ['Value',    '4111-1111-1111'],
        ]);
        $wire->emit([
            ['Event',    'AuthDetail'],
            ['Username', 'alice'],
            ['Password', 's3cret'],
        ]);
        // Answers of PJSIPShowRegistrationsOutbound and PJSIPShowEndpoint.
        $wire->emit([
            ['Event',          'AuthDetail'],
            ['Md5Cred',        's3cret'],
            ['OauthSecret',    's3cret'],
            ['RefreshToken',   's3cret'],
            ['PasswordDigest', 's3cret'],
        ]);
        try {
            $wire->answerTo($recorder->send(new Setvar('CARD_NUMBER', '4111-1111-1111')));
            self::fail('the wire server knows no Setvar');
        } catch (ActionErrorResponseException) {
            $recorder->stop();
        }
        $wire->close();

        $text = (string) file_get_contents($this->file);
        self::assertStringContainsString('"alice"', $text);
        self::assertStringContainsString('["Action","Setvar"],["Variable","CARD_NUMBER"],["Value","***"]', $text);
        self::assertStringNotContainsString('4111-1111-1111', $text);
        self::assertStringNotContainsString('s3cret', $text);
        self::assertSame(0o600, fileperms($this->file) & 0o777);
        $refusal = $this->entries()[3]->answer ?? self::fail('no fourth entry with an answer');
        self::assertSame('Error', $refusal->response?->first('Response'));
    }

    public function testAtTheBoundOfTheFileTheRecordingEndsAndTheFileStaysWhole(): void
    {
        $wire = new WireServer();
        $recorder = new Recorder($wire->manager, $this->file, bytesMax: 400);
        for ($count = 1; $recorder->isRecording() && $count <= 20; ++$count) {
            $wire->emit([['Event', 'UserEvent'], ['Count', (string) $count]]);
        }
        $wire->close();

        self::assertFalse($recorder->isRecording());
        self::assertLessThanOrEqual(400, (int) filesize($this->file));
        self::assertGreaterThan(2, count($this->entries()));
    }

    public function testAnExistingFileIsNotOverwritten(): void
    {
        file_put_contents($this->file, 'mine');
        $wire = new WireServer();
        try {
            new Recorder($wire->manager, $this->file);
            self::fail('it was overwritten');
        } catch (\RuntimeException $error) {
            self::assertStringContainsString($this->file, $error->getMessage());
        } finally {
            $wire->close();
        }

        self::assertSame('mine', file_get_contents($this->file));
    }

    public function testAFileThatIsNoRecordingIsRefusedWithItsLine(): void
    {
        $head = '{"format":"ami-recording","version":1}';
        file_put_contents($this->file, "{$head}\n{\"at\":1,\"server\":\"pbx1\",\"event\":[[\"Event\"]]}\n");
        $this->expectException(\UnexpectedValueException::class);
        $this->expectExceptionMessage("{$this->file}:2");

        $this->entries();
    }

    /** @return list<Entry> events and actions */
    private function entries(): array
    {
        $entries = [];
        foreach (RecordingFile::read($this->file) as $entry) {
            if ($entry->event !== null || $entry->answer !== null) {
                $entries[] = $entry;
            }
        }

        return $entries;
    }
}
