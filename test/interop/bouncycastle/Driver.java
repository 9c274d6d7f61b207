import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.Security;
import java.security.spec.MGF1ParameterSpec;
import java.util.Base64;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import javax.crypto.spec.OAEPParameterSpec;
import javax.crypto.spec.PSource;
import javax.mail.Session;
import javax.mail.internet.MimeBodyPart;
import javax.mail.internet.MimeMessage;
import javax.mail.internet.MimeMultipart;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.edec.EdECObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaCertStore;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cms.CMSAlgorithm;
import org.bouncycastle.cms.CMSAuthEnvelopedData;
import org.bouncycastle.cms.CMSAuthEnvelopedDataGenerator;
import org.bouncycastle.cms.CMSProcessableByteArray;
import org.bouncycastle.cms.KeyAgreeRecipientInformation;
import org.bouncycastle.cms.Recipient;
import org.bouncycastle.cms.RecipientInfoGenerator;
import org.bouncycastle.cms.RecipientInformation;
import org.bouncycastle.cms.RecipientInformationStore;
import org.bouncycastle.cms.SignerInformation;
import org.bouncycastle.cms.jcajce.JcaSimpleSignerInfoGeneratorBuilder;
import org.bouncycastle.cms.jcajce.JcaSimpleSignerInfoVerifierBuilder;
import org.bouncycastle.cms.jcajce.JceCMSContentEncryptorBuilder;
import org.bouncycastle.cms.jcajce.JceKeyAgreeEnvelopedRecipient;
import org.bouncycastle.cms.jcajce.JceKeyAgreeRecipientInfoGenerator;
import org.bouncycastle.cms.jcajce.JceKeyTransAuthEnvelopedRecipient;
import org.bouncycastle.cms.jcajce.JceKeyTransEnvelopedRecipient;
import org.bouncycastle.cms.jcajce.JceKeyTransRecipientInfoGenerator;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.mail.smime.SMIMEEnveloped;
import org.bouncycastle.mail.smime.SMIMEEnvelopedGenerator;
import org.bouncycastle.mail.smime.SMIMESigned;
import org.bouncycastle.mail.smime.SMIMESignedGenerator;
import org.bouncycastle.openssl.jcajce.JcaPEMKeyConverter;
import org.bouncycastle.operator.OutputAEADEncryptor;
import org.bouncycastle.operator.OutputEncryptor;
import org.bouncycastle.operator.jcajce.JcaAlgorithmParametersConverter;

/**
 * Bouncy Castle's S/MIME behind a pipe, so that one virtual machine does for all of a test: each
 * line is a request of words with single spaces, each answer a line, "ok" or "error" with the
 * exception. Files: a certificate and a PKCS#8 key in DER, a MIME entity or a message in and out.
 */
public class Driver {
  private static final Provider BC = new BouncyCastleProvider();

  private static final Map<String, ASN1ObjectIdentifier> CIPHERS =
      Map.of(
          "aes-128-cbc", CMSAlgorithm.AES128_CBC,
          "aes-256-cbc", CMSAlgorithm.AES256_CBC,
          "aes-256-gcm", CMSAlgorithm.AES256_GCM);

  /** Its S/MIME layer does not know AuthEnvelopedData, its CMS layer does. */
  private static final String AUTH_ENVELOPED_HEADER =
      "Content-Type: application/pkcs7-mime; smime-type=authEnveloped-data; name=smime.p7m\r\n"
          + "Content-Transfer-Encoding: base64\r\n\r\n";

  /** RFC 8418, section 2.3. */
  private static final ASN1ObjectIdentifier STD_DH_HKDF_SHA256 =
      new ASN1ObjectIdentifier("1.2.840.113549.1.9.16.3.19");

  public static void main(String[] arguments) throws Exception {
    Security.addProvider(BC);
    BufferedReader requests =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    System.out.println("ok " + BC.getVersionStr());
    for (String line; (line = requests.readLine()) != null; ) {
      try {
        perform(line.split(" "));
        System.out.println("ok");
      } catch (Exception | LinkageError error) {
        System.out.println("error " + chain(error));
      }
    }
  }

  private static String chain(Throwable error) {
    String text = error.toString().replace('\n', ' ');
    return error.getCause() == null ? text : text + ": " + chain(error.getCause());
  }

  private static void perform(String[] words) throws Exception {
    X509CertificateHolder certificate =
        new X509CertificateHolder(Files.readAllBytes(Path.of(words[1])));
    byte[] input = Files.readAllBytes(Path.of(words[3]));
    byte[] output;
    switch (words[0]) {
      case "sign":
        output = sign(certificate, key(words[2]), input, words[5], words[6].equals("opaque"));
        break;
      case "verify":
        output = verify(certificate, input);
        break;
      case "encrypt":
        output = encrypt(certificate, input, words[5], words[6]);
        break;
      case "decrypt":
        output = decrypt(key(words[2]), input);
        break;
      default:
        throw new IllegalArgumentException(words[0]);
    }
    Files.write(Path.of(words[4]), output);
  }

  private static PrivateKey key(String path) throws Exception {
    return new JcaPEMKeyConverter()
        .setProvider(BC)
        .getPrivateKey(PrivateKeyInfo.getInstance(Files.readAllBytes(Path.of(path))));
  }

  private static MimeMessage message(byte[] octets) throws Exception {
    return new MimeMessage(
        Session.getInstance(new Properties()), new ByteArrayInputStream(octets));
  }

  private static byte[] written(MimeBodyPart part) throws Exception {
    ByteArrayOutputStream octets = new ByteArrayOutputStream();
    part.writeTo(octets);
    return octets.toByteArray();
  }

  private static byte[] sign(
      X509CertificateHolder certificate,
      PrivateKey key,
      byte[] entity,
      String algorithm,
      boolean opaque)
      throws Exception {
    SMIMESignedGenerator generator = new SMIMESignedGenerator();
    generator.addSignerInfoGenerator(
        new JcaSimpleSignerInfoGeneratorBuilder()
            .setProvider(BC)
            .build(algorithm, key, certificate));
    generator.addCertificates(
        new JcaCertStore(
            List.of(new JcaX509CertificateConverter().setProvider(BC).getCertificate(certificate))));
    MimeBodyPart part = new MimeBodyPart(new ByteArrayInputStream(entity));
    if (opaque) return written(generator.generateEncapsulated(part));
    MimeMessage message = message(new byte[0]);
    message.setContent(generator.generate(part));
    message.saveChanges();
    ByteArrayOutputStream octets = new ByteArrayOutputStream();
    message.writeTo(octets);
    return octets.toByteArray();
  }

  private static byte[] verify(X509CertificateHolder certificate, byte[] octets) throws Exception {
    MimeMessage message = message(octets);
    SMIMESigned signed =
        message.isMimeType("multipart/signed")
            ? new SMIMESigned((MimeMultipart) message.getContent())
            : new SMIMESigned(message);
    Collection<SignerInformation> signers = signed.getSignerInfos().getSigners();
    if (signers.size() != 1) throw new IllegalStateException(signers.size() + " signers");
    for (SignerInformation signer : signers) {
      if (!signer.verify(
          new JcaSimpleSignerInfoVerifierBuilder().setProvider(BC).build(certificate))) {
        throw new IllegalStateException("the signature is wrong");
      }
    }
    return written(signed.getContent());
  }

  private static byte[] encrypt(
      X509CertificateHolder certificate, byte[] entity, String management, String cipher)
      throws Exception {
    MimeBodyPart part = new MimeBodyPart(new ByteArrayInputStream(entity));
    RecipientInfoGenerator recipient = recipient(certificate, management);
    OutputEncryptor encryptor =
        new JceCMSContentEncryptorBuilder(CIPHERS.get(cipher)).setProvider(BC).build();
    if (encryptor instanceof OutputAEADEncryptor) {
      CMSAuthEnvelopedDataGenerator generator = new CMSAuthEnvelopedDataGenerator();
      generator.addRecipientInfoGenerator(recipient);
      byte[] cms =
          generator
              .generate(new CMSProcessableByteArray(entity), (OutputAEADEncryptor) encryptor)
              .getEncoded();
      return (AUTH_ENVELOPED_HEADER + Base64.getMimeEncoder().encodeToString(cms) + "\r\n")
          .getBytes(StandardCharsets.US_ASCII);
    }
    SMIMEEnvelopedGenerator generator = new SMIMEEnvelopedGenerator();
    generator.addRecipientInfoGenerator(recipient);
    return written(generator.generate(part, encryptor));
  }

  private static RecipientInfoGenerator recipient(
      X509CertificateHolder holder, String management) throws Exception {
    var certificate = new JcaX509CertificateConverter().setProvider(BC).getCertificate(holder);
    switch (management) {
      case "pkcs1":
        return new JceKeyTransRecipientInfoGenerator(certificate).setProvider(BC);
      case "oaep":
        OAEPParameterSpec oaep =
            new OAEPParameterSpec(
                "SHA-256", "MGF1", MGF1ParameterSpec.SHA256, PSource.PSpecified.DEFAULT);
        return new JceKeyTransRecipientInfoGenerator(
                certificate,
                new JcaAlgorithmParametersConverter()
                    .getAlgorithmIdentifier(PKCSObjectIdentifiers.id_RSAES_OAEP, oaep))
            .setProvider(BC);
      case "ecdh":
        SubjectPublicKeyInfo publicKey = holder.getSubjectPublicKeyInfo();
        boolean montgomery =
            publicKey.getAlgorithm().getAlgorithm().equals(EdECObjectIdentifiers.id_X25519);
        KeyPairGenerator generator = KeyPairGenerator.getInstance(montgomery ? "X25519" : "EC", BC);
        if (!montgomery) {
          generator.initialize(
              ((java.security.interfaces.ECPublicKey) certificate.getPublicKey()).getParams());
        }
        KeyPair ephemeral = generator.generateKeyPair();
        return new JceKeyAgreeRecipientInfoGenerator(
                montgomery ? STD_DH_HKDF_SHA256 : CMSAlgorithm.ECDH_SHA256KDF,
                ephemeral.getPrivate(),
                ephemeral.getPublic(),
                CMSAlgorithm.AES256_WRAP)
            .addRecipient(certificate)
            .setProvider(BC);
      default:
        throw new IllegalArgumentException(management);
    }
  }

  private static byte[] decrypt(PrivateKey key, byte[] octets) throws Exception {
    MimeMessage message = message(octets);
    boolean authenticated = message.getContentType().contains("authEnveloped-data");
    RecipientInformationStore recipients =
        authenticated
            ? new CMSAuthEnvelopedData(message.getInputStream()).getRecipientInfos()
            : new SMIMEEnveloped(message).getRecipientInfos();
    RecipientInformation info = recipients.getRecipients().iterator().next();
    boolean agreement = info instanceof KeyAgreeRecipientInformation;
    return info.getContent(recipient(agreement, authenticated, key));
  }

  private static Recipient recipient(boolean agreement, boolean authenticated, PrivateKey key) {
    if (agreement) return new JceKeyAgreeEnvelopedRecipient(key).setProvider(BC);
    return authenticated
        ? new JceKeyTransAuthEnvelopedRecipient(key).setProvider(BC)
        : new JceKeyTransEnvelopedRecipient(key).setProvider(BC);
  }
}
