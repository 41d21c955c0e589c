<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Tools;

use PHPUnit\Framework\TestCase;

/** tools/debian-prefix with a suite that the archive does not have, such as a release past its support. */
final class DebianPrefixTest extends TestCase
{
    private string $folder;

    protected function setUp(): void
    {
        $this->folder = sys_get_temp_dir() . '/debian-' . bin2hex(random_bytes(8));
        mkdir("{$this->folder}/mirror", recursive: true);
        mkdir("{$this->folder}/archive");
    }

    protected function tearDown(): void
    {
        exec('rm -rf ' . escapeshellarg($this->folder));
    }

    public function testASuiteThatHasLeftTheMirrorIsNamedWithTheWayOut(): void
    {
        [$status, $said] = $this->unpack(['DEBIAN_MIRROR' => "file:{$this->folder}/mirror"]);
        self::assertSame(1, $status, $said);
        self::assertStringContainsString(
            "Debian bullseye has left file:{$this->folder}/mirror: set DEBIAN_ARCHIVE",
            $said,
        );
    }

    public function testTheSecondArchiveIsAskedForIt(): void
    {
        [$status, $said] = $this->unpack([
            'DEBIAN_MIRROR' => "file:{$this->folder}/mirror",
            'DEBIAN_ARCHIVE' => "file:{$this->folder}/archive",
        ]);
        self::assertSame(1, $status, $said);
        self::assertStringContainsString(
            "has left file:{$this->folder}/mirror: asking file:{$this->folder}/archive",
            $said,
        );
        self::assertStringContainsString("Debian bullseye is not in file:{$this->folder}/archive either", $said);
    }

    /**
     * @param array<string, string> $environment
     *
     * @return array{int, string}
     */
    private function unpack(array $environment): array
    {
        $tool = \dirname(__DIR__, 3) . '/tools/debian-prefix';
        $environment += ['PATH' => (string) getenv('PATH'), 'LC_ALL' => 'C'];
        $command = [$tool, 'bullseye', "{$this->folder}/prefix", 'hello'];
        $process = proc_open($command, [2 => ['pipe', 'w']], $pipes, null, $environment);
        self::assertIsResource($process);
        $said = (string) stream_get_contents($pipes[2]);

        return [proc_close($process), $said];
    }
}
