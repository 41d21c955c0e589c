<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Real\Server;

/** A certificate with its key, for a server on loopback. */
final readonly class Certificate
{
    private const string EXTENSIONS = <<<'INI'
        [req]
        distinguished_name = subject
        [subject]
        [authority]
        basicConstraints = critical, CA:TRUE
        [server]
        basicConstraints = CA:FALSE
        subjectAltName = DNS:localhost, IP:127.0.0.1
        [usual]
        basicConstraints = CA:TRUE
        subjectAltName = DNS:localhost, IP:127.0.0.1
        INI;

    private function __construct(
        public string $pem,
        private \OpenSSLCertificate $certificate,
        private \OpenSSLAsymmetricKey $key,
    ) {}

    /** A self-signed certificate that is also a CA, as most guides make it. */
    public static function selfSigned(int $days = 30): self
    {
        return self::make('localhost', 'usual', null, $days);
    }

    public static function authority(): self
    {
        return self::make('Authority of the tests', 'authority', null, 30);
    }

    public function leaf(int $days = 30): self
    {
        return self::make('localhost', 'server', $this, $days);
    }

    /** Writes the certificate. */
    public function save(string $file): string
    {
        file_put_contents($file, $this->pem);

        return $file;
    }

    public function saveKey(string $file): void
    {
        openssl_pkey_export_to_file($this->key, $file, options: self::options('server'));
    }

    private static function make(string $name, string $section, ?self $issuer, int $days): self
    {
        $options = self::options($section);
        $key = openssl_pkey_new($options);
        $request = $key === false ? false : openssl_csr_new(['commonName' => $name], $key, $options);
        if ($key === false || !$request instanceof \OpenSSLCertificateSigningRequest) {
            throw new \RuntimeException('openssl makes no request: ' . openssl_error_string());
        }
        $certificate = openssl_csr_sign(
            $request,
            $issuer?->certificate,
            $issuer->key ?? $key,
            $days,
            $options,
            random_int(1, PHP_INT_MAX),
        );
        if ($certificate === false || !openssl_x509_export($certificate, $pem)) {
            throw new \RuntimeException('openssl makes no certificate: ' . openssl_error_string());
        }

        return new self($pem, $certificate, $key);
    }

    /** @return array<string, string|int> */
    private static function options(string $section): array
    {
        $config = sys_get_temp_dir() . '/ami-openssl-' . getmypid() . '.cnf';
        if (!is_file($config)) {
            file_put_contents($config, self::EXTENSIONS);
            register_shutdown_function(static fn(): bool => unlink($config));
        }

        return [
            'config' => $config,
            'x509_extensions' => $section,
            'digest_alg' => 'sha256',
            'private_key_type' => OPENSSL_KEYTYPE_RSA,
            'private_key_bits' => 2048,
        ];
    }
}
